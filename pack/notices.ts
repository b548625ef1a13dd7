import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { ROOT } from './bundle.ts';

/** Packages of the AWS SDK and of Smithy come without a text of their own; all are under Apache-2.0, as our own LICENSE. */
const APACHE = 'The text of this licence stands in LICENSE.';

/**
 * Names, versions and licences of packages, as their licences ask for.
 *
 * @param folders of the packages, from the root
 * @throws Error for a package that names no licence, or one that asks more than to be named
 */
export async function notices(folders: readonly string[]): Promise<string> {
  const all = await Promise.all(folders.toSorted().map(notice));
  return `Launchtrail contains these packages.\n\n${all.join('\n')}`;
}

/** Licences that ask for no more than their notice. */
const KNOWN: ReadonlySet<string> = new Set([
  'Apache-2.0',
  'MIT',
  'ISC',
  'BSD-2-Clause',
  'BSD-3-Clause',
  '0BSD',
]);

async function notice(folder: string): Promise<string> {
  const { name, version, license } = JSON.parse(
    await readFile(join(ROOT, folder, 'package.json'), 'utf8'),
  ) as Record<string, unknown>;
  if (typeof license !== 'string' || !KNOWN.has(license))
    throw new Error(`${folder}: licence ${JSON.stringify(license)} is not one of ${[...KNOWN].join(', ')}`);
  const files = await readdir(join(ROOT, folder));
  const file = files.find((each) => /^(licen[cs]e|copying)/i.test(each));
  const text = file === undefined ? undefined : (await readFile(join(ROOT, folder, file), 'utf8')).trim();
  if (text === undefined && license !== 'Apache-2.0')
    process.stderr.write(`${folder}: no licence text, only its name ${license}\n`);
  return `${'-'.repeat(80)}\n${name} ${version} (${license})\n\n${text ?? (license === 'Apache-2.0' ? APACHE : '')}\n`;
}
