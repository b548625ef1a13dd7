import { readdirSync, readFileSync } from 'node:fs';
import { dirname, join, relative, resolve } from 'node:path';
import { describe, expect, it } from 'vitest';

const ROOT = resolve(import.meta.dirname, '../..');

/** Which room may use which: the picture of docs/architecture.md. A room may use itself. */
const ARROWS: Readonly<Record<string, readonly string[]>> = {
  'core/activity': [],
  'core/access': [],
  'core/policy': ['core/activity'],
  'core/records': ['core/activity', 'core/policy'],
  'core/history': ['core/records', 'core/activity', 'core/policy'],
  'core/lineage': ['core/history', 'core/records', 'core/activity', 'core/policy'],
  'core/signals': ['core/lineage', 'core/history', 'core/records', 'core/activity', 'core/policy'],
  'core/findings': [
    'core/signals',
    'core/lineage',
    'core/history',
    'core/records',
    'core/activity',
    'core/policy',
  ],
  'core/definition.ts': ['core'],
  tell: ['core'],
  app: ['core', 'tell'],
  adapters: ['core', 'app', 'tell'],
  lambda: ['core', 'app', 'adapters'],
  lib: ['core'],
  simulate: ['core'],
  pack: [],
  cli: ['core', 'app', 'adapters', 'tell', 'simulate'],
  measure: ['core', 'app', 'adapters', 'tell', 'simulate', 'cli', 'lib', 'lambda', 'test'],
};
const ROOMS = [...new Set(Object.keys(ARROWS).map((room) => room.split('/')[0] as string))];

const files = ROOMS.flatMap((room) =>
  readdirSync(join(ROOT, room), { recursive: true, encoding: 'utf8' })
    .filter((file) => file.endsWith('.ts') && !file.includes('wasm'))
    .map((file) => join(room, file)),
);

const IMPORT = /(?:\bfrom|\bimport\()\s*'(\.[^']+)'/g;
const importsOf = (file: string): string[] =>
  [...readFileSync(join(ROOT, file), 'utf8').matchAll(IMPORT)].map(([, path = '']) =>
    relative(ROOT, resolve(ROOT, dirname(file), path)),
  );
const graph = new Map(files.map((file) => [file, importsOf(file)]));

/** `core/lineage/walk.ts` is in `core/lineage`, `app/detect.ts` in `app`. */
const roomOf = (file: string): string => {
  const [first = '', second = ''] = file.split('/');
  return first === 'core' ? `${first}/${second}` : first;
};

const allows = (from: string, to: string): boolean =>
  from === to || (ARROWS[from] ?? []).some((room) => room === to || to.startsWith(`${room}/`));

/** The files of one circle of imports, if there is one. */
function circle(): string[] {
  const done = new Set<string>();
  const path: string[] = [];
  const visit = (file: string): string[] => {
    if (path.includes(file)) return [...path.slice(path.indexOf(file)), file];
    if (done.has(file)) return [];
    done.add(file);
    path.push(file);
    for (const next of graph.get(file) ?? []) {
      const found = visit(next);
      if (found.length > 0) return found;
    }
    path.pop();
    return [];
  };
  for (const file of files) {
    const found = visit(file);
    if (found.length > 0) return found;
  }
  return [];
}

describe('the rooms', () => {
  it('are all there, so that the test is about something', () => {
    expect(files.length).toBeGreaterThan(200);
    expect([...new Set(files.map(roomOf))].sort()).toEqual(Object.keys(ARROWS).sort());
  });

  it('use each other only along the arrows', () => {
    const wrong = [...graph].flatMap(([file, imports]) =>
      imports
        .filter((to) => to.endsWith('.ts') && !allows(roomOf(file), roomOf(to)))
        .map((to) => `${file} → ${to}`),
    );
    expect(wrong).toEqual([]);
  });

  it('hold no circle of imports', () => {
    expect(circle()).toEqual([]);
  });
});
