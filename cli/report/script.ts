import { readFile } from 'node:fs/promises';
import { fileURLToPath } from 'node:url';
import { PACKED } from '../packed.ts';

/** The page's script: the package has it beside its bundle; in a checkout it is made of its sources. */
export async function pageScript(): Promise<string> {
  if (PACKED) return readFile(new URL('./report-page.js', import.meta.url), 'utf8');
  const { build } = await import('esbuild');
  const { outputFiles } = await build({
    entryPoints: [fileURLToPath(new URL('../../tell/html/browser/main.ts', import.meta.url))],
    bundle: true,
    minify: true,
    write: false,
    format: 'iife',
    target: 'es2022',
    charset: 'ascii',
    legalComments: 'none',
  });
  return outputFiles[0]?.text ?? '';
}
