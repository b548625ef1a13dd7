import { resolve } from 'node:path';
import { build } from 'esbuild';

export const ROOT = resolve(import.meta.dirname, '..');

/**
 * Makes JavaScript of the desk, dependencies included: a file for the command, for each worker, and for each part that is loaded
 * only by who needs it. All lie side by side, so that they find each other as the sources do.
 *
 * @returns paths of all modules that went into it, from the root
 */
export async function bundle(folder: string): Promise<string[]> {
  const { metafile } = await build({
    absWorkingDir: ROOT,
    entryPoints: {
      main: 'cli/main.ts',
      worker: 'cli/input/worker.ts',
      'parquet-worker': 'cli/input/parquet-worker.ts',
    },
    outdir: folder,
    outExtension: { '.js': '.mjs' },
    chunkNames: '[name]-[hash]',
    bundle: true,
    splitting: true,
    minify: true,
    metafile: true,
    legalComments: 'none', // THIRD-PARTY-NOTICES.txt has the whole texts
    platform: 'node',
    format: 'esm',
    target: 'node22.16',
    mainFields: ['module', 'main'],
    external: ['esbuild'], // makes the script of a report in a checkout; the package has it ready
    // lets CommonJS dependencies find `require` in a module
    banner: {
      js: "import{createRequire as requireFor}from'node:module';const require=requireFor(import.meta.url);",
    },
  });
  return [...Object.keys(metafile.inputs), ...(await bundlePage(folder))];
}

/** The script of a report's page, which runs in a browser. `cli/report/script.ts` makes the same in a checkout. */
async function bundlePage(folder: string): Promise<string[]> {
  const { metafile } = await build({
    absWorkingDir: ROOT,
    entryPoints: { 'report-page': 'tell/html/browser/main.ts' },
    outdir: folder,
    bundle: true,
    minify: true,
    metafile: true,
    legalComments: 'none',
    format: 'iife',
    target: 'es2022',
    charset: 'ascii',
  });
  return Object.keys(metafile.inputs);
}

/** Folders of the packages among modules, from the root. */
export const packagesIn = (modules: readonly string[]): string[] => [
  ...new Set(modules.flatMap((path) => /^.*node_modules\/(?:@[^/]+\/)?[^/]+/.exec(path) ?? [])),
];
