import { extname } from 'node:path';

/** The module of that name beside this one: a source, or where everything is bundled a file of the bundle. */
export const besides = (name: string): URL =>
  new URL(`./${name}${extname(import.meta.url)}`, import.meta.url);
