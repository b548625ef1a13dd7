import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { sqliteStores } from '../../../adapters/sqlite/stores.ts';
import { placeOf } from '../../../app/place.ts';
import { copyKey } from '../../../core/activity/activity.ts';
import { WEEK } from '../../../core/findings/sessions.ts';
import { ACCOUNT, activityOf, NOW, ownEntry, sheetOf, verdictOf } from '../../contract/documents.ts';

let folder: string;
let path: string;

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'launchtrail-'));
  path = join(folder, 'state.sqlite');
});
afterEach(() => rmSync(folder, { recursive: true }));

const places = [placeOf(activityOf())];
const stretch = { account: ACCOUNT, subject: 'AROAEXAMPLE', from: 0, to: NOW };

/** Changes a file behind the back of the stores. */
function tamper(sql: string): void {
  const database = new DatabaseSync(path);
  database.exec(sql);
  database.close();
}

async function fill(): Promise<void> {
  const { history, verdicts, close } = sqliteStores(path);
  await history.remember([ownEntry(activityOf())]);
  await history.saveSheet(sheetOf(), 0);
  await verdicts.save(verdictOf(activityOf()), 0);
  close();
}

describe('a state file', () => {
  it('keeps everything from one run to the next', async () => {
    await fill();
    const { history, verdicts, close } = sqliteStores(path);
    expect(await history.stretches([stretch], NOW)).toEqual([[activityOf()]]);
    expect((await history.around([sheetOf().scope], [], NOW)).sheets.get(sheetOf().scope)).toEqual({
      value: sheetOf(),
      version: 1,
    });
    expect(await history.active(ACCOUNT, Math.floor(NOW / WEEK), '', '', 9)).toEqual(['AROAEXAMPLE']);
    expect(await history.remember([ownEntry(activityOf())])).toEqual(new Set([copyKey(activityOf())]));
    expect(await verdicts.at(places)).toEqual([{ value: verdictOf(activityOf()), version: 1 }]);
    close();
  });

  it('shows at once what another run that has it open writes', async () => {
    await fill();
    const one = sqliteStores(path);
    const other = sqliteStores(path);
    const { scope } = sheetOf();
    const seen = async () => ({
      ...(await one.history.around([scope], [stretch], NOW)),
      verdicts: await one.verdicts.at(places),
    });
    await seen();
    const corrected = activityOf({ region: 'us-east-1' });
    const sheet = { ...sheetOf(), lastDay: sheetOf().lastDay + 1 };
    const verdict = verdictOf(activityOf(), { score: 99 });
    await other.history.remember([ownEntry(corrected)]);
    await other.history.saveSheet(sheet, 1);
    await other.verdicts.save(verdict, 1);
    expect(await seen()).toEqual({
      timelines: [[corrected]],
      sheets: new Map([[scope, { value: sheet, version: 2 }]]),
      verdicts: [{ value: verdict, version: 2 }],
    });
    one.close();
    other.close();
  });

  it('may be an empty file, or none on disk', async () => {
    writeFileSync(path, '');
    await fill();
    const { history, close } = sqliteStores(':memory:');
    await history.remember([ownEntry(activityOf())]);
    expect(await history.stretches([stretch], NOW)).toEqual([[activityOf()]]);
    close();
  });

  it('that is no database is refused with its name and the remedy, and left alone', () => {
    const content = 'eventID,eventTime\n'.repeat(100);
    writeFileSync(path, content);
    expect(() => sqliteStores(path)).toThrow(`state file ${path}: file is not a database; name another file`);
    expect(readFileSync(path, 'utf8')).toBe(content);
  });

  it('of another program is refused and left alone', () => {
    tamper('CREATE TABLE songs (title TEXT)');
    const before = readFileSync(path);
    expect(() => sqliteStores(path)).toThrow(/state file .*: it is a database of another program/);
    expect(readFileSync(path).equals(before)).toBe(true);
  });

  it('of another layout is refused with both layouts and the remedy', async () => {
    await fill();
    tamper('PRAGMA user_version = 99');
    expect(() => sqliteStores(path)).toThrow(/it has layout 99 and this version reads layout 5; .*replay/);
  });

  it('in a folder that does not exist is refused with the remedy', () => {
    expect(() => sqliteStores(join(folder, 'none', 'state.sqlite'))).toThrow(/check that its folder exists/);
  });

  it('with a damaged document says which one', async () => {
    await fill();
    tamper(`UPDATE activity SET body = '{"id":'; UPDATE sheet SET seen = '{"a:b": 7}';
            UPDATE verdict SET body = 'x'`);
    const { history, verdicts, close } = sqliteStores(path);
    await expect(history.stretches([stretch], NOW)).rejects.toThrow(
      /damaged at activity \d+ e0000000.*: .*JSON.*; delete it and replay/,
    );
    await expect(history.around([sheetOf().scope], [], NOW)).rejects.toThrow(
      /damaged at sheet actor#.*: \["a:b"\]: expected a sighting, found 7; delete it and replay/,
    );
    const damaged = /damaged at verdict e0000000.*: .*; delete it and replay/;
    await expect(verdicts.at(places)).rejects.toThrow(damaged);
    await expect(verdicts.near(places, 1, 0)).rejects.toThrow(damaged);
    await expect(verdicts.all()[Symbol.asyncIterator]().next()).rejects.toThrow(damaged);
    close();
  });
});
