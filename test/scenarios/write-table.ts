import { readFileSync, writeFileSync } from 'node:fs';
import { gapsOf, rowsOf } from './rows.ts';
import { sectionOf, withSection } from './section.ts';

// Rewrites the section of docs/evaluation.md and prints what falls short, one line per entry of known-gaps.ts.
const page = new URL('../../docs/evaluation.md', import.meta.url);
const rows = await rowsOf();
writeFileSync(page, withSection(readFileSync(page, 'utf8'), sectionOf(rows)));
process.stdout.write(`${gapsOf(rows).join('\n')}\n`);
