import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { launch, launchtrail, publicShare, withFolder } from './desk.ts';

const json = JSON.stringify;

describe('launchtrail findings', () => {
  it('diff says what the last run found that the one before had not', async () => {
    await withFolder(async (folder) => {
      const state = join(folder, 'state.sqlite');
      const run = (...records: unknown[]) =>
        launchtrail(['replay', '--state', state], { stdin: json(records) });
      const diff = async (...args: string[]) =>
        (await launchtrail(['findings', 'diff', '--state', state, ...args])).stdout;
      await run(publicShare('share-a', '2026-03-01T10:00:00Z'));
      expect(await diff()).toMatch(
        /^run of .*Z, the first run: 1 of news\nnew +CRITICAL +92\.0 {2}user\/alice shared .*\n +finding lt-111122223333-share-a\n$/,
      );
      await run(launch('launch-a', '2026-03-09T10:00:00Z'), publicShare('share-b', '2026-03-09T11:00:00Z'));
      const [change, ...more] = JSON.parse(await diff('--format', 'json'));
      expect(change).toMatchObject({
        event: 'new',
        severity: 'critical',
        id: expect.stringMatching(/launch-a|share-b/),
      });
      expect(more).toEqual([]);
      await run(publicShare('share-b', '2026-03-09T11:00:00Z'));
      expect(await diff()).toMatch(/^run of .*Z, since the run of .*Z: no news\n$/);
      // a record in between makes one story of two
      await run(
        publicShare('share-c', '2026-03-10T09:00:00Z'),
        publicShare('share-0', '2026-02-28T20:00:00Z'),
      );
      expect(await diff()).toContain('part of lt-111122223333-share-0 now');
    });
  });

  it('list prints what a state holds, and changes nothing of what was told', async () => {
    await withFolder(async (folder) => {
      const state = join(folder, 'state.sqlite');
      const replayed = await launchtrail(['replay', '--state', state, '--format', 'json'], {
        stdin: json([publicShare('share-a'), launch('launch-a', '2026-03-20T10:00:00Z')]),
      });
      const listed = await launchtrail(['findings', 'list', '--state', state, '--format', 'json']);
      expect(listed).toMatchObject({ code: 0, stdout: replayed.stdout });
      expect(JSON.parse(listed.stdout).length).toBeGreaterThan(0);
      const table = await launchtrail(['findings', 'list', '--state', state]);
      expect(table.stdout).toContain('CRITICAL');
      expect((await launchtrail(['findings', 'diff', '--state', state])).stdout).toContain('the first run');
    });
  });

  it.each([
    [['list'], '--state, or a deployment with --stack'],
    [
      ['list', '--state', 'gone.sqlite'],
      'state file gone.sqlite: no such file or folder; launchtrail replay PATH --state',
    ],
    [['diff'], '--state'],
    [['diff', '--state', 'gone.sqlite'], 'state file gone.sqlite: no such file'],
  ])('ends with 1 and the remedy: %j', async (args, message) => {
    const ran = await launchtrail(['findings', ...args]);
    expect(ran).toMatchObject({ code: 1, stdout: '', stderr: expect.stringContaining(message) });
  });
});
