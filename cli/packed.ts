import { extname } from 'node:path';

/** Whether this runs from the bundle that users install, and not from the sources. */
export const PACKED = extname(import.meta.url) !== '.ts';
