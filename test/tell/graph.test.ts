import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { Activity, Link } from '../../core/activity/activity.ts';
import type { Resource } from '../../core/activity/resources.ts';
import type { Assessment } from '../../core/findings/finding.ts';
import type { SignalId } from '../../core/policy/weights.ts';
import { lineageGraph } from '../../tell/graph.ts';
import type { LineageGraph } from '../../tell/lineage-graph.ts';
import { aLaunch, anActivity, anActor, aPerson, HOUR, NOW } from '../builders.ts';
import { image, snapshot, volume } from '../resources.ts';

const link = (type: Link['type'], id: string, role: Link['role'], from?: readonly Resource[]): Link => ({
  type,
  id,
  role,
  ...(from && { from }),
});

const member = (activity: Activity, ...signals: SignalId[]): Assessment => ({
  activity,
  evidence: signals.map((signal) => ({ signal, strength: 0.5, reason: 'because' })),
  score: 50,
});

const thief = aPerson('mallory@example.com');
const backup = anActor({ key: 'AROABACKUP', label: 'role/Backup' });

const snapshotted = anActivity({
  kind: 'snapshot.create',
  at: NOW,
  actor: backup,
  action: 'ec2:CreateSnapshot',
  links: [link('snapshot', 'snap-1', 'made', [volume('vol-1')]), link('volume', 'vol-1', 'used')],
});
const restore = anActivity({
  kind: 'volume.create',
  at: NOW + HOUR,
  actor: thief,
  action: 'ec2:CreateVolume',
  links: [link('volume', 'vol-2', 'made', [snapshot('snap-1')]), link('snapshot', 'snap-1', 'used')],
});
const opening = anActivity({
  kind: 'ingress.open',
  at: NOW + 2 * HOUR,
  actor: thief,
  links: [link('security-group', 'sg-1', 'changed')],
  ingress: [{ group: 'sg-1', protocol: 'tcp', fromPort: 22, toPort: 22, source: '0.0.0.0/0' }],
});
const launched = anActivity({
  at: NOW + 3 * HOUR,
  actor: thief,
  links: [link('instance', 'i-1', 'made', [image('ami-1')])],
  launch: aLaunch({ images: ['ami-1'], groups: ['sg-1', 'sg-unopened'] }),
});
const attach = anActivity({
  kind: 'volume.attach',
  at: NOW + 4 * HOUR,
  actor: thief,
  action: 'ec2:AttachVolume',
  links: [link('instance', 'i-1', 'changed', [volume('vol-2')]), link('volume', 'vol-2', 'used')],
});
const terminated = anActivity({
  kind: 'instance.terminate',
  at: NOW + 5 * HOUR,
  actor: thief,
  links: [link('instance', 'i-1', 'changed')],
});

const arrows = ({ edges }: LineageGraph): string[] => edges.map(({ from, to }) => `${from} > ${to}`);

describe('the lineage of a finding as a graph', () => {
  it('goes from the first volume to the last instance, oldest step first, and tells whose each step is', () => {
    const graph = lineageGraph([member(attach, 'copied-data-on-instance')], [restore, snapshotted]);
    expect(arrows(graph)).toEqual(['vol-1 > snap-1', 'snap-1 > vol-2', 'vol-2 > i-1']);
    expect(graph.edges.map(({ standing }) => standing)).toEqual(['other', 'subject', 'finding']);
    expect(graph.edges.map(({ signals }) => signals)).toEqual([[], [], ['copied-data-on-instance']]);
    expect(graph.nodes.map(({ key, type }) => `${type} ${key}`)).toEqual([
      'snapshot snap-1',
      'volume vol-1',
      'volume vol-2',
      'instance i-1',
    ]);
  });

  it('draws what a later record calls by another of its ids as the same thing', () => {
    const links = restore.links.map((each) => (each.id === 'vol-2' ? { ...each, alias: 'vol-222' } : each));
    const byAlias = { ...attach, links: [link('instance', 'i-1', 'changed', [volume('vol-222')])] };
    const graph = lineageGraph([member(byAlias, 'copied-data-on-instance')], [{ ...restore, links }]);
    expect(arrows(graph)).toEqual(['snap-1 > vol-2', 'vol-2 > i-1']);
  });

  it('shows by which group the world reaches an instance, and leaves out groups that nobody opened', () => {
    const graph = lineageGraph([member(launched)], [opening]);
    expect(arrows(graph)).toEqual(['network 0.0.0.0/0 > sg-1', 'ami-1 > i-1', 'sg-1 > i-1']);
  });

  it('notes on an instance how it was launched and that it was terminated', () => {
    const { nodes } = lineageGraph([member(launched), member(terminated)], []);
    const instance = nodes.find(({ key }) => key === 'i-1');
    expect(instance?.launch).toBe(launched);
    expect(instance?.events).toEqual([terminated]);
  });

  it('shows to whom a snapshot was given', () => {
    const share = anActivity({
      kind: 'snapshot.share',
      links: [link('snapshot', 'snap-1', 'changed')],
      share: { accounts: ['444455556666'], organisations: [], public: true },
    });
    expect(arrows(lineageGraph([member(share)], [snapshotted])).toSorted()).toEqual([
      'snap-1 > account 444455556666',
      'snap-1 > everyone everyone',
      'vol-1 > snap-1',
    ]);
  });

  it('has nothing to show of what failed', () => {
    const refused = anActivity({
      outcome: 'denied',
      links: [link('instance', 'i-9', 'made', [image('ami-1')])],
    });
    expect(lineageGraph([member(refused)], [])).toEqual({ nodes: [], edges: [], omitted: 0 });
  });

  it('draws instances of one launch as one, and those that went otherwise apart', () => {
    const ids = Array.from({ length: 20 }, (_, index) => `i-${index}`);
    const fleet = anActivity({ links: ids.map((id) => link('instance', id, 'made', [image('ami-1')])) });
    const end = anActivity({
      kind: 'instance.terminate',
      at: NOW + HOUR,
      links: [link('instance', 'i-7', 'changed')],
    });
    const { nodes, edges } = lineageGraph([member(fleet), member(end)], []);
    expect(nodes.map(({ type, alike }) => [type, alike]).toSorted()).toEqual([
      ['image', 0],
      ['instance', 0],
      ['instance', 18],
    ]);
    expect(edges).toHaveLength(2);
  });

  it('leaves out and counts what lies furthest from the best evidence', () => {
    const copies = Array.from({ length: 100 }, (_, index) =>
      anActivity({
        kind: 'snapshot.create',
        at: NOW + index * 1000,
        links: [link('snapshot', `snap-x${index}`, 'made', [volume(`vol-x${index}`)])],
      }),
    );
    const members = [member(attach, 'copied-data-on-instance'), ...copies.map((each) => member(each))];
    const graph = lineageGraph(members, [restore, snapshotted]);
    expect(graph.nodes).toHaveLength(60);
    expect(graph.omitted).toBe(204 - 60);
    expect(arrows(graph)).toContain('vol-2 > i-1');
    const keys = new Set(graph.nodes.map(({ key }) => key));
    for (const { from, to } of graph.edges) expect(keys.has(from) && keys.has(to)).toBe(true);
  });

  it('survives circles', () => {
    const back = anActivity({
      kind: 'snapshot.create',
      links: [link('snapshot', 'snap-1', 'made', [volume('vol-2')])],
    });
    expect(arrows(lineageGraph([member(restore), member(back)], []))).toContain('vol-2 > snap-1');
  });

  it('is the same whatever the order of what it is made from', () => {
    const context = [snapshotted, restore, opening, launched, terminated];
    const expected = lineageGraph([member(attach, 'copied-data-on-instance')], context);
    fc.assert(
      fc.property(fc.shuffledSubarray(context, { minLength: context.length }), (shuffled) => {
        expect(lineageGraph([member(attach, 'copied-data-on-instance')], shuffled)).toEqual(expected);
      }),
    );
  });
});
