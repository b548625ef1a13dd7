import { readFileSync } from 'node:fs';
import { PACKED } from './packed.ts';

/** A page of docs/, which the package holds beside its bundle. */
export const page = (name: string): string =>
  readFileSync(new URL(PACKED ? `./docs/${name}` : `../docs/${name}`, import.meta.url), 'utf8');
