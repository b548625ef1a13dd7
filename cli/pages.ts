import { readFileSync } from 'node:fs';
import { extname } from 'node:path';

/** A page of docs/, which the package holds beside its bundle. */
export const page = (name: string): string =>
  readFileSync(
    new URL(extname(import.meta.url) === '.ts' ? `../docs/${name}` : `./docs/${name}`, import.meta.url),
    'utf8',
  );
