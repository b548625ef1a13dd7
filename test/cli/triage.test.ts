import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { launchtrail, publicShare, record, withFolder } from './desk.ts';

const json = JSON.stringify;

/** An ordinary launch of a web server by a role that does so every day. */
const usual = (day: number) => launched(`usual-${day}`, day, 'eu-west-1', 't3.micro');

const launched = (id: string, day: number, region: string, type: string, count = 1) =>
  record(id, {
    eventTime: new Date(Date.UTC(2026, 2, day, 10)).toISOString().replace('.000', ''),
    eventName: 'RunInstances',
    awsRegion: region,
    requestParameters: {
      instancesSet: { items: [{ imageId: 'ami-0example', minCount: count, maxCount: count }] },
      instanceType: type,
    },
    responseElements: {
      instancesSet: {
        items: Array.from({ length: count }, (_, index) => ({
          instanceId: `i-0${id}${index}`,
          imageId: 'ami-0example',
        })),
      },
    },
  });

const history = Array.from({ length: 20 }, (_, index) => usual(index + 1));
const render = (id: string, day: number) => launched(id, day, 'ap-south-1', 'g5.xlarge', 8);

interface Found {
  readonly id: string;
  readonly severity: string;
  readonly score: number;
  readonly triage?: Readonly<Record<string, unknown>>;
}

/** A state file, and what can be done to it. */
function desk(folder: string) {
  const state = join(folder, 'state.sqlite');
  const run = (...args: string[]) => launchtrail(['findings', ...args, '--state', state]);
  return {
    run,
    state,
    replay: (...records: unknown[]) =>
      launchtrail(['replay', '--state', state, '--policy', 'none', '--format', 'json'], {
        stdin: json(records),
      }),
    async list(): Promise<Found[]> {
      return JSON.parse((await run('list', '--format', 'json')).stdout);
    },
  };
}

describe('launchtrail findings, which a person decides about', () => {
  it('makes what was closed as benign familiar, and says so before and after', async () => {
    await withFolder(async (folder) => {
      const { run, replay, list } = desk(folder);
      await replay(...history, render('render-a', 21), render('render-b', 23));
      const closing = ['close', 'lt-111122223333-render-a', '--as', 'benign', '--note', 'render farm'];
      const unsure = await run(...closing);
      expect(unsure).toMatchObject({ code: 1, stdout: '' });
      expect(unsure.stderr).toMatch(
        /values first seen in it: each becomes familiar\n(?: {2}.*\n)* {2}Region ap-south-1 to /,
      );
      expect(unsure.stderr).toContain('nothing was decided; --yes decides without asking');
      expect((await list())[0]).not.toHaveProperty('triage');
      const closed = await run(...closing, '--yes');
      expect(closed.stdout).toMatch(
        /^finding lt-111122223333-render-a closed as benign: 1 record\nfinding lt-111122223333-render-b is no more, was HIGH [\d.]+\n$/,
      );
      expect((await list()).map(({ id }) => id)).toEqual(['lt-111122223333-render-a']);
      const asTable = await run('list');
      expect(asTable).toMatchObject({ stdout: '' });
      expect(asTable.stderr).toContain(
        '1 closed not printed; launchtrail findings list --closed prints them',
      );
      expect((await run('list', '--closed')).stdout).toContain('[closed as benign]');
      const back = await run('reopen', 'render-a', '--note', 'not ours after all');
      expect(back.stdout).toContain('finding lt-111122223333-render-b is new: HIGH');
    });
  }, 240_000);

  it('shows who decided, when and why, and reopens with a new record', async () => {
    await withFolder(async (folder) => {
      const { run, replay, list } = desk(folder);
      await replay(publicShare('share-a'));
      const id = 'lt-111122223333-share-a';
      expect((await run('show', id)).stdout).toContain('open: nobody has decided about it yet');
      expect((await run('ack', id, '--note', 'ann looks')).stdout).toBe(
        `finding ${id} acknowledged: 1 record\n`,
      );
      expect((await list())[0]).toMatchObject({ triage: { state: 'acknowledged', note: 'ann looks' } });
      expect(await run('close', id, '--as', 'test', '--note', 'our own drill')).toMatchObject({
        code: 0,
        stdout: `finding ${id} closed as test: 1 record\n`,
      });
      const shown = (await run('show', 'lt-111122223333-sha')).stdout;
      expect(shown).toMatch(/closed as test by .*: our own drill\n/);
      expect(shown).toMatch(/acknowledged by .* \(not verified\): ann looks\n/);
      await replay(publicShare('share-b', '2026-03-02T11:00:00Z'));
      expect((await list())[0]?.triage).toMatchObject({ state: 'reopened', as: 'test', since: 1 });
      expect((await run('show', id)).stdout).toContain('reopened, 1 record more since it was closed as test');
    });
  }, 180_000);
});
