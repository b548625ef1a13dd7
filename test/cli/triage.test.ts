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
  it('makes what was closed as benign familiar, and nothing that was not', async () => {
    const scoreAfter = async (...closing: string[]): Promise<number> =>
      withFolder(async (folder) => {
        const { run, replay, list } = desk(folder);
        await replay(...history, render('render-a', 21));
        const [first] = await list();
        expect(first).toMatchObject({ id: 'lt-111122223333-render-a' });
        if (closing.length > 0) {
          const closed = await run(
            'close',
            'lt-111122223333-render-a',
            ...closing,
            '--note',
            'render farm',
            '--yes',
          );
          expect(closed).toMatchObject({ code: 0 });
        }
        await replay(render('render-b', 23));
        const again = (await list()).find(({ id }) => id.endsWith('render-b'));
        return again?.score ?? 0;
      });
    const [open, benign, untrue, test, confirmed] = await Promise.all([
      scoreAfter(),
      scoreAfter('--as', 'benign'),
      scoreAfter('--as', 'false'),
      scoreAfter('--as', 'test'),
      scoreAfter('--as', 'confirmed'),
    ]);
    expect(open).toBeGreaterThan(40);
    expect(benign).toBeLessThan(open);
    expect(untrue).toBe(benign);
    expect(test).toBe(open);
    expect(confirmed).toBeGreaterThanOrEqual(open);
  }, 60_000);

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
  }, 60_000);
});
