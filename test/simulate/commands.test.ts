import { existsSync } from 'node:fs';
import { mkdir, readdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { gunzipSync } from 'node:zlib';
import { describe, expect, it } from 'vitest';
import { type Ended, launchtrail, withFolder } from '../cli/desk.ts';

const SMALL = ['simulate', '--seed', '4', '--days', '3', '--accounts', '2', '--noise', '1'];

const simulate = (...args: string[]): Promise<Ended> => launchtrail([...SMALL, ...args]);

async function filesUnder(folder: string): Promise<string[]> {
  const entries = await readdir(folder, { recursive: true, withFileTypes: true });
  return entries
    .filter((entry) => entry.isFile())
    .map((entry) => join(entry.parentPath, entry.name).slice(folder.length + 1))
    .sort();
}

describe('launchtrail simulate', () => {
  it('writes files as CloudTrail delivers them, with the labels beside', async () => {
    await withFolder(async (folder) => {
      const out = join(folder, 'trail');
      const { code, stdout, stderr } = await simulate('--attacks', 'public-share,root-launch', '--out', out);

      expect({ code, stdout }).toEqual({ code: 0, stdout: '' });
      expect(stderr).toMatch(/^\d+ records in \d+ files, 2 attacks \(.*labels\.json\), [\d.]+ s\n$/);
      const files = await filesUnder(out);
      const trail = files.filter((file) => file !== 'labels.json');
      const layout =
        /^AWSLogs\/(\d{12})\/CloudTrail\/([a-z0-9-]+)\/2026\/09\/\d\d\/\1_CloudTrail_\2_202609\d\dT\d\d00Z_[A-Z2-7]{16}\.json\.gz$/;
      expect(files).toContain('labels.json');
      for (const file of trail) expect(file).toMatch(layout);

      const ids = new Set<string>();
      for (const file of trail) {
        const content = JSON.parse(gunzipSync(await readFile(join(out, file))).toString());
        for (const record of content.Records) {
          ids.add(record.eventID);
          expect(file).toContain(`${record.recipientAccountId}/CloudTrail/${record.awsRegion}/`);
        }
      }
      const labels = JSON.parse(await readFile(join(out, 'labels.json'), 'utf8'));
      expect(labels.map((label: { attack: string }) => label.attack)).toEqual([
        'public-share',
        'root-launch',
      ]);
      for (const { eventIDs } of labels) for (const id of eventIDs) expect(ids).toContain(id);
    });
  });

  it('writes the same bytes for the same seed', async () => {
    await withFolder(async (folder) => {
      const [one, two] = [join(folder, 'one'), join(folder, 'two')];
      await simulate('--out', one);
      await simulate('--out', two);

      const files = await filesUnder(one);
      expect(await filesUnder(two)).toEqual(files);
      for (const file of files) {
        expect((await readFile(join(two, file))).equals(await readFile(join(one, file))), file).toBe(true);
      }
    });
  });

  it('writes JSON lines to standard output, the same records as into files', async () => {
    await withFolder(async (folder) => {
      const out = join(folder, 'lines');
      const toFile = await simulate('--format', 'jsonl', '--out', out);
      const toStdout = await simulate('--out', '-', '--labels', join(folder, 'labels.json'));

      expect([toFile.code, toStdout.code]).toEqual([0, 0]);
      expect(toStdout.stdout).toBe(await readFile(join(out, 'records.jsonl'), 'utf8'));
      expect(await readFile(join(folder, 'labels.json'), 'utf8')).toBe(
        await readFile(join(out, 'labels.json'), 'utf8'),
      );
      for (const line of toStdout.stdout.trimEnd().split('\n')) {
        expect(JSON.parse(line)).toHaveProperty('eventID');
      }
    });
  });

  it('is understood by replay, record by record', async () => {
    await withFolder(async (folder) => {
      const out = join(folder, 'trail');
      const { stderr } = await simulate('--attacks', 'public-share', '--defects', 'all', '--out', out);
      const replayed = await launchtrail(['replay', join(out, 'AWSLogs'), '--format', 'json']);

      const written = Number(/^(\d+) records/.exec(stderr)?.[1]);
      expect(replayed.code).toBe(0);
      expect(replayed.stderr.replaceAll(',', '')).toMatch(new RegExp(`^records +${written}$`, 'm'));
      expect(replayed.stdout).toContain('"severity":"critical"');
    });
  });

  it.each([
    [['--attacks', 'gpu-minor'], 'Did you mean gpu-miner?'],
    [['--defects', 'nonsense-of-any-kind'], 'Known: all, none, duplicates'],
    [['--days', '0'], 'a whole number from 1 to 3660'],
    [['--seed', 'x'], 'a whole number'],
    [['--start', '2026-02-30'], 'a date'],
    [['--noise', '-1'], 'a number from 0 to 200'],
    [['--format', 'gz', '--out', '-'], '--format jsonl'],
  ])('says what is wrong with %j and how to put it right', async (args, remedy) => {
    const { code, stdout, stderr } = await simulate(
      ...(args.includes('--out') ? args : [...args, '--out', '-']),
    );

    expect({ code, stdout }).toEqual({ code: 1, stdout: '' });
    expect(stderr).toContain(remedy);
    expect(stderr).not.toMatch(/\bat .*\.ts:/);
  });

  it('asks for --out, and keeps out of a folder that holds something', async () => {
    await withFolder(async (folder) => {
      const full = join(folder, 'full');
      await mkdir(full);
      await writeFile(join(full, 'precious.txt'), 'keep me');

      const none = await simulate();
      const refused = await simulate('--out', full);

      expect([none.code, refused.code]).toEqual([1, 1]);
      expect(none.stderr).toContain('--out');
      expect(refused.stderr).toContain('is not empty: name a new folder');
      expect(await filesUnder(full)).toEqual(['precious.txt']);
      expect(existsSync(join(full, 'AWSLogs'))).toBe(false);
    });
  });
});

describe('launchtrail demo', () => {
  it('finds the hidden attack, explains it in order and adds up to the score', async () => {
    const { code, stdout, stderr } = await launchtrail(['demo']);

    expect({ code, stderr }).toEqual({ code: 0, stderr: '' });
    const top = /The top finding, (?:HIGH|CRITICAL) ([\d.]+): (.*)/.exec(stdout);
    expect(top?.[2]).toContain('user/svc-nightly');
    expect(stdout).toMatch(/Hidden: gpu-miner .*\nFound: (HIGH|CRITICAL); (\d+) of the \2 records/);

    const told = stdout.slice(stdout.indexOf('The top finding'));
    const times = [...told.matchAll(/^ {2}(2026-\d\d-\d\d \d\d:\d\d:\d\dZ)/gm)].map(([, time]) => time);
    expect(times.length).toBeGreaterThan(5);
    expect(times).toEqual(times.toSorted());
    const points = [...told.matchAll(/^ +\+([\d.]+) {2}/gm)].map(([, each]) => Number(each));
    expect(points.reduce((sum, each) => sum + each, 0)).toBeCloseTo(Number(top?.[1]), 0);
    expect(told).toMatch(/^records +[\d,]+\njudged +[\d,]+\nskipped +[\d,]+$/m);
    expect(told).toContain('npm run launchtrail -- replay');
  });

  it('prints what the README shows of it', async () => {
    const readme = await readFile(new URL('../../README.md', import.meta.url), 'utf8');
    const shown =
      /```\n(SEVERITY[^`]*)```/
        .exec(readme)?.[1]
        ?.split('\n')
        .filter((line) => line !== '') ?? [];
    expect(shown.length).toBeGreaterThan(4);
    const printed = (await launchtrail(['demo'])).stdout.split('\n');
    expect(shown.filter((line) => !printed.includes(line))).toEqual([]);
  });

  it('tells the same story every time', async () => {
    const story = async (): Promise<string> => (await launchtrail(['demo'])).stdout.replace(/^time .*$/m, '');

    expect(await story()).toBe(await story());
  });

  it('leaves nothing behind', async () => {
    await withFolder(async (folder) => {
      const before = process.env.TMPDIR;
      process.env.TMPDIR = folder;
      try {
        await launchtrail(['demo', '--attack', 'root-launch']);
      } finally {
        if (before === undefined) delete process.env.TMPDIR;
        else process.env.TMPDIR = before;
      }
      const ours = (await readdir(folder)).filter((name) => name.startsWith('launchtrail'));
      expect(ours).toEqual([]);
    });
  });

  it('says when an attack is not known', async () => {
    const { code, stderr } = await launchtrail(['demo', '--attack', 'wizardry']);

    expect(code).toBe(1);
    expect(stderr).toContain('snapshot-heist');
  });
});
