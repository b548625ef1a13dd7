import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { findFiles } from '../../../cli/input/find-files.ts';
import { addReading, emptyReading } from '../../../cli/input/reading.ts';
import { readEvents } from '../../../cli/read-events.ts';
import { fromCloudTrail } from '../../../core/records/cloudtrail/cloudtrail.ts';
import { AS_FILES } from '../../fixtures/wrappings/as-files.ts';
import { AS_JSON } from '../../fixtures/wrappings/as-wrapped.ts';
import { TEN } from '../../fixtures/wrappings/ten-records.ts';
import { withFolder } from '../desk.ts';

/** What the ten records are when nothing is around them. */
const activities = TEN.flatMap((record) => {
  const normalised = fromCloudTrail(record);
  return normalised.ok ? [normalised.activity] : [];
});

/** Reads one file of the given name and content. */
const read = (name: string, content: string | Buffer) =>
  withFolder(async (folder) => {
    await writeFile(join(folder, name), content);
    const { files } = await findFiles([join(folder, name)]);
    const sum = emptyReading();
    for await (const reading of readEvents(files)) addReading(sum, reading);
    return sum;
  });

const expectTen = async (name: string, content: string | Buffer): Promise<void> => {
  const reading = await read(name, content);
  expect(reading.damages).toEqual([]);
  expect([...reading.foreign]).toEqual([]);
  expect(reading.activities).toEqual(activities);
  expect(reading.records).toBe(TEN.length);
};

describe('the same ten records', () => {
  it('are nine activities and a look', () => {
    expect(activities).toHaveLength(9);
  });

  it.each(Object.keys(AS_JSON))('are read from %s', async (name) => {
    const wrap = AS_JSON[name];
    await expectTen('x.json', wrap?.(TEN) ?? '');
  });

  it.each(AS_FILES)('are read from %s', async (name, of) => {
    await expectTen(name, of(TEN));
  });
});
