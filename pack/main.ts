import { cp, mkdir, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { bundle, packagesIn, ROOT } from './bundle.ts';
import { manifest } from './manifest.ts';
import { notices } from './notices.ts';

/** `npm run pack`: the package that users install, as a folder `dist/`, from which `npm pack` makes the file. */
const dist = join(ROOT, 'dist');
await rm(dist, { recursive: true, force: true });
await mkdir(join(dist, 'wasm'), { recursive: true });
const inputs = await bundle(dist);
for (const [from, to] of [
  ['cli/launchtrail.cjs', 'launchtrail.cjs'],
  ['cli/start.cjs', 'start.cjs'],
  ['cli/input/wasm/skim.wasm', 'wasm/skim.wasm'],
  ['docs/signals.md', 'docs/signals.md'],
  ['LICENSE', 'LICENSE'],
  ['README.md', 'README.md'],
  ['SECURITY.md', 'SECURITY.md'],
] as const) {
  await cp(join(ROOT, from), join(dist, to));
}
await writeFile(join(dist, 'THIRD-PARTY-NOTICES.txt'), await notices(packagesIn(inputs)));
await writeFile(join(dist, 'package.json'), `${JSON.stringify(manifest(), null, 2)}\n`);
