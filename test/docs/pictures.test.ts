import { readFileSync } from 'node:fs';
import { resolve } from 'node:path';
import { describe, expect, it } from 'vitest';
import { expectInertSvg } from '../cli/inert.ts';

const ROOT = resolve(import.meta.dirname, '../..');
const readme = readFileSync(resolve(ROOT, 'README.md'), 'utf8');
const pictures = [...readme.matchAll(/!\[[^\]]+\]\(([^)]+)\)/g)].map(([, path = '']) => path);

describe('pictures of the README', () => {
  it('show the table, a story and the report', () => {
    expect(pictures).toEqual([
      'docs/pictures/table.svg',
      'docs/pictures/story.svg',
      'docs/pictures/report.png',
    ]);
  });

  it.each(pictures.filter((path) => path.endsWith('.svg')))('hold nothing that acts: %s', (path) => {
    const picture = readFileSync(resolve(ROOT, path), 'utf8');
    expectInertSvg(picture);
    expect(picture).toContain('CRITICAL');
  });
});
