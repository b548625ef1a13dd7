import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { sqliteStores } from '../../../adapters/sqlite/stores.ts';
import type { Telling } from '../../../adapters/sqlite/tellings.ts';
import { NOW } from '../../builders.ts';

const telling = (id: string, event: Telling['event'] = 'new'): Telling => ({
  id,
  event,
  told: { status: 'open', severity: 'high', score: 75, start: NOW, held: ['first-launch'] },
});

describe('what a state file says was told', () => {
  let folder = '';
  let path = '';
  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), 'launchtrail-told-'));
    path = join(folder, 'state.sqlite');
  });
  afterEach(() => rmSync(folder, { recursive: true, force: true }));

  it('is the last of each finding, with the run that told it', () => {
    const { tellings, close } = sqliteStores(path);
    tellings.add([telling('a'), telling('b')], NOW);
    tellings.add([telling('a', 'risen')], NOW + 1);
    tellings.add([], NOW + 2);
    expect(tellings.runs(2)).toEqual([
      { number: 3, ended: NOW + 2 },
      { number: 2, ended: NOW + 1 },
    ]);
    expect([...tellings.all()]).toEqual([
      ['a', { ...telling('a', 'risen'), run: 2 }],
      ['b', { ...telling('b'), run: 1 }],
    ]);
    close();
    const again = sqliteStores(path, { readOnly: true });
    expect([...again.tellings.all().keys()]).toEqual(['a', 'b']);
    again.close();
  });

  it('is nothing in one that an older version wrote, and can be added to', () => {
    sqliteStores(path).close();
    const raw = new DatabaseSync(path);
    raw.exec('DROP TABLE told; DROP TABLE run');
    raw.close();
    const reading = sqliteStores(path, { readOnly: true });
    expect([reading.tellings.all().size, reading.tellings.runs(2)]).toEqual([0, []]);
    reading.close();
    const { tellings, close } = sqliteStores(path);
    tellings.add([telling('a')], NOW);
    expect(tellings.all().size).toBe(1);
    close();
  });

  it('is not to be had of a file that is empty, or of another program, opened to be read', () => {
    writeFileSync(path, '');
    expect(() => sqliteStores(path, { readOnly: true })).toThrow(
      'it is empty; name the file of replay --state',
    );
    const raw = new DatabaseSync(path);
    raw.exec('CREATE TABLE songs (title TEXT)');
    raw.close();
    expect(() => sqliteStores(path, { readOnly: true })).toThrow('it is a database of another program');
  });

  it('cannot be changed where it was opened to be read', () => {
    sqliteStores(path).close();
    const { tellings, close } = sqliteStores(path, { readOnly: true });
    expect(() => tellings.add([telling('a')], NOW)).toThrow('readonly');
    close();
  });
});
