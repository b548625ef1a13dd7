import { existsSync } from 'node:fs';
import { Command } from 'commander';
import { bundledCountryDatabase } from '../../adapters/mmdb/networks.ts';
import { ATTACK_VERSION } from '../../tell/attack.ts';
import { PRODUCT } from '../../tell/product.ts';

/** `launchtrail version`: what a report of a fault should say. */
export function versionCommand(): Command {
  return new Command('version').description('print the version, and of what it runs on').action(() => {
    const countries = bundledCountryDatabase();
    const lines = [
      `launchtrail ${PRODUCT.version}`,
      `Node ${process.version} on ${process.platform} ${process.arch}`,
      `ATT&CK ${ATTACK_VERSION}, OCSF 1.8.0`,
      `countries: ${countries !== undefined && existsSync(countries) ? countries : 'no database is installed'}`,
    ];
    process.stdout.write(`${lines.join('\n')}\n`);
  });
}
