import { describe, expect, it } from 'vitest';
import { memoryHistory } from '../../adapters/memory/history.ts';
import { endsBeside, MAX_SOUGHT } from '../../app/ends.ts';
import type { Activity } from '../../core/activity/activity.ts';
import { DAY } from '../../core/history/facts.ts';
import { entriesOf } from '../../core/lineage/timelines.ts';
import { containmentOf } from '../../tell/contain/containment.ts';
import { aLaunch, anActivity, anActor, NOW, OTHER_ACCOUNT } from '../builders.ts';
import { aFinding, assessed, evidence, instanceId } from '../findings.ts';

const SNAP = 'snap-00000000000000001';
const BURST = [evidence('launch-burst', 'x')];

const launched = (id: string, at = NOW): Activity =>
  anActivity({
    kind: 'instance.launch',
    at,
    launch: aLaunch(),
    links: [{ type: 'instance', id, role: 'made' }],
  });
const terminated = (id: string, over: Partial<Activity> = {}): Activity =>
  anActivity({
    kind: 'instance.terminate',
    at: NOW + 90 * DAY,
    links: [{ type: 'instance', id, role: 'changed' }],
    ...over,
  });

/** Ids of the calls that are found beside a finding of some calls, where these and others are known. */
async function found(members: readonly Activity[], others: readonly Activity[]): Promise<string[]> {
  const history = memoryHistory();
  await history.remember([...members, ...others].flatMap(entriesOf));
  const record = aFinding(members.map((each) => assessed(each, BURST)));
  return (await endsBeside(history, record)).map(({ id }) => id);
}

describe('the calls beside a finding that ended what it made', () => {
  it('are those of anybody, however much later', async () => {
    const end = terminated(instanceId(1));
    expect(await found([launched(instanceId(1))], [end])).toEqual([end.id]);
  });

  it('are none that failed, or that ended something else', async () => {
    const others = [terminated(instanceId(1), { outcome: 'denied' }), terminated(instanceId(2))];
    expect(await found([launched(instanceId(1))], others)).toEqual([]);
  });

  it('are none of the finding itself', async () => {
    const end = terminated(instanceId(1));
    expect(await found([launched(instanceId(1)), end], [])).toEqual([]);
  });

  it('are found behind what was done with the thing before', async () => {
    const uses = Array.from({ length: 30 }, (_, index) =>
      anActivity({
        kind: 'profile.attach',
        at: NOW + index * 60_000,
        links: [{ type: 'instance', id: instanceId(1), role: 'changed' }],
      }),
    );
    const end = terminated(instanceId(1));
    expect(await found([launched(instanceId(1))], [...uses, end])).toEqual([end.id]);
  });

  it('are found of copies, too, and of what was shared and is not any more', async () => {
    const links = [{ type: 'snapshot', id: SNAP, role: 'changed' }] as const;
    const share = anActivity({
      kind: 'snapshot.share',
      at: NOW,
      links,
      share: { accounts: [OTHER_ACCOUNT], organisations: [], public: false },
    });
    const unshare = anActivity({ kind: 'snapshot.unshare', at: NOW + DAY, links });
    const removal = anActivity({ kind: 'snapshot.delete', at: NOW + 2 * DAY, links });
    expect(await found([share], [removal, unshare])).toEqual([unshare.id, removal.id]);
  });

  it('are those that closed what it opened, or deleted the group', async () => {
    const links = [{ type: 'security-group', id: 'sg-00000000000000001', role: 'changed' }] as const;
    const ingress = [{ group: links[0].id, protocol: 'tcp', fromPort: 22, toPort: 22, source: '0.0.0.0/0' }];
    const opening = anActivity({ kind: 'ingress.open', at: NOW, links, ingress });
    const closing = anActivity({ kind: 'ingress.close', at: NOW + DAY, links, ingress });
    const deletion = anActivity({ kind: 'security-group.delete', at: NOW + 2 * DAY, links });
    expect(await found([opening], [deletion, closing])).toEqual([closing.id, deletion.id]);
    const commands = (ends: readonly Activity[]): string =>
      containmentOf(aFinding([assessed(opening, BURST)]), ends)
        .flatMap((step) => step.commands)
        .join();
    expect(commands([])).toContain('revoke-security-group-ingress');
    for (const end of [closing, deletion]) expect(commands([end])).not.toContain(links[0].id);
  });

  it('are those that switched off, or on again, a key that it made or was signed with', async () => {
    const key = (id: string, role: 'made' | 'changed') => [{ type: 'access-key', id, role }] as const;
    const [own, other, short] = ['AKIAEXAMPLEOWN000001', 'AKIAEXAMPLEMADE00001', 'ASIAEXAMPLESHORT0001'];
    const creation = anActivity({
      kind: 'identity.create',
      at: NOW,
      actor: anActor({ accessKey: own, credential: 'long-lived' }),
      links: key(other, 'made'),
    });
    const session = anActivity({ at: NOW, actor: anActor({ accessKey: short, credential: 'temporary' }) });
    const changes = [own, other, short].map((id, index) =>
      anActivity({ kind: 'credential.change', at: NOW + index + DAY, links: key(id, 'changed') }),
    );
    expect(await found([creation, session], changes)).toEqual(changes.slice(0, 2).map(({ id }) => id));
  });

  it('are asked for in one round trip, of a bounded number of things', async () => {
    const trips: number[] = [];
    const history = {
      async stretches(stretches: readonly unknown[]) {
        trips.push(stretches.length);
        return [];
      },
    };
    const many = Array.from({ length: MAX_SOUGHT + 10 }, (_, index) => launched(instanceId(index + 1)));
    await endsBeside(history, aFinding(many.map((each) => assessed(each, BURST))));
    await endsBeside(history, aFinding([assessed(terminated(instanceId(1)), BURST)]));
    expect(trips).toEqual([MAX_SOUGHT]);
  });
});
