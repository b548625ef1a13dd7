import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { Activity, Link } from '../../../core/activity/activity.ts';
import { isSameResource, nameOf, type Resource } from '../../../core/activity/resources.ts';
import { downstream } from '../../../core/lineage/downstream.ts';
import { explore, NO_LINEAGE, partsOf } from '../../../core/lineage/lineage.ts';
import { timelineOf } from '../../../core/lineage/timelines.ts';
import { MAX_DEPTH, type Timelines } from '../../../core/lineage/walk.ts';
import { defaultPolicy as policy } from '../../../core/policy/policy.ts';
import { anActivity, anActor, HOUR, NOW, OTHER_ACCOUNT, timelinesFrom } from '../../builders.ts';
import {
  aChange,
  aCopy,
  anAttachment,
  anImage,
  anInterface,
  anOpening,
  aRestore,
  aShare,
  aSnapshot,
  autoScaling,
  COPY,
  IMAGE,
  INSTANCE,
  INTERFACE,
  NEW_IMAGE,
  SNAPSHOT,
  started,
  VOLUME,
} from '../../fixtures/signals/cases.ts';
import { image, instance, networkInterface, snapshot, template, volume } from '../../resources.ts';

const SECOND = 'snap-00000000000000002';
const OTHER_INSTANCE = 'i-00000000000000002';
const DAY = 24 * HOUR;

const made = (kind: Activity['kind'], type: Link['type'], id: string, from: readonly Resource[]): Activity =>
  anActivity({ kind, links: [{ type, id, role: 'made', from }] });

const removed = (kind: Activity['kind'], type: Link['type'], id: string): Activity =>
  anActivity({ kind, links: [{ type, id, role: 'changed' }] });
/** A version of a launch template. */
const version = (number: string, from: readonly Resource[]): Activity =>
  anActivity({
    kind: 'template.change',
    links: [template(), template(number)].map((each) => ({ ...each, role: 'changed', from })),
  });
/** One made of another, with a group of its own. */
const versionOf = (number: string, source: string, group: string): Activity =>
  anActivity({
    kind: 'template.change',
    links: [
      { type: 'launch-template', id: 'lt-1', role: 'changed' },
      { ...template(number), role: 'changed', from: [template(source)] },
      { type: 'security-group', id: group, role: 'used' },
    ],
  });
/** The same with a security group for what is launched from it. */
const grouped = (change: Activity, group: string): Activity => ({
  ...change,
  links: [...change.links, { type: 'security-group', id: group, role: 'used' }],
});
/** A fleet that starts from one, whose instances are not named. */
const fromVersion = (number: string): Activity =>
  anActivity({
    ...started({ template: template(number), images: [] }),
    links: [
      { type: 'fleet', id: 'fleet-1', role: 'made' },
      { type: 'launch-template', id: 'lt-1', role: 'used' },
    ],
  });

const replaceRoot = anActivity({
  kind: 'instance.replace-root',
  links: [{ type: 'instance', id: INSTANCE, role: 'changed', from: [image(NEW_IMAGE), snapshot(SNAPSHOT)] }],
});

const templated = started({ template: template('2') });
const fromTemplate: Activity = {
  ...templated,
  links: [...templated.links, { type: 'launch-template', id: 'lt-1', role: 'used' }],
};

const plain = started({ snapshots: [SNAPSHOT] });
const withInterface: Activity = {
  ...plain,
  links: [...plain.links, { type: 'network-interface', id: INTERFACE, role: 'made' }],
};

/** The steps of each path by which data comes onto an instance, in order. */
const PATHS: readonly [name: string, origin: string, ...steps: Activity[]][] = [
  ['a block device of a launch', VOLUME, aSnapshot(), started({ snapshots: [SNAPSHOT] })],
  [
    'one of several snapshots of one call',
    VOLUME,
    anActivity({
      kind: 'snapshot.create',
      links: [
        { type: 'snapshot', id: SECOND, role: 'made', from: [volume('vol-9')] },
        { type: 'snapshot', id: SNAPSHOT, role: 'made', from: [volume(VOLUME)] },
      ],
    }),
    started({ snapshots: [SNAPSHOT] }),
  ],
  ['a restored volume', VOLUME, aSnapshot(), aRestore(), anAttachment()],
  [
    'a copy into another account and Region',
    VOLUME,
    aSnapshot(),
    aCopy({ account: OTHER_ACCOUNT, region: 'us-east-1' }),
    aRestore({ account: OTHER_ACCOUNT, region: 'us-east-1' }, SECOND),
    anAttachment({ account: OTHER_ACCOUNT, region: 'us-east-1' }),
  ],
  [
    'a volume copied as it stands',
    VOLUME,
    made('volume.copy', 'volume', COPY, [volume(VOLUME)]),
    anAttachment(),
  ],
  [
    'an image registered from a snapshot',
    VOLUME,
    aSnapshot(),
    anImage({}, snapshot(SNAPSHOT)),
    started({ images: [NEW_IMAGE] }),
  ],
  ['an image of an instance', 'i-9', anImage({}, instance('i-9')), started({ images: [NEW_IMAGE] })],
  [
    'a copied image',
    'i-9',
    anImage({}, instance('i-9'), 'ami-9'),
    made('image.copy', 'image', NEW_IMAGE, [image('ami-9')]),
    started({ images: [NEW_IMAGE] }),
  ],
  [
    'a version of a launch template',
    VOLUME,
    aSnapshot(),
    anActivity({
      kind: 'template.change',
      links: [template(), template('2')].map((each) => ({
        ...each,
        role: 'changed',
        from: [snapshot(SNAPSHOT)],
      })),
    }),
    fromTemplate,
  ],
  [
    'a version of a launch template that inherits the image of another',
    VOLUME,
    aSnapshot(),
    anImage({}, snapshot(SNAPSHOT)),
    version('1', [image(NEW_IMAGE)]),
    version('2', [template('1')]),
    fromVersion('2'),
  ],
  [
    'a spot request or fleet, whose instances are not named',
    VOLUME,
    aSnapshot(),
    anActivity({
      ...started({ snapshots: [SNAPSHOT] }),
      links: [{ type: 'fleet', id: 'sfr-1', role: 'made' }],
    }),
  ],
  ['the root volume replaced from a snapshot', VOLUME, aSnapshot(), replaceRoot],
  [
    'the root volume replaced from an image',
    VOLUME,
    aSnapshot(),
    anImage({}, snapshot(SNAPSHOT)),
    replaceRoot,
  ],
  [
    'a security group opened afterwards',
    VOLUME,
    aSnapshot(),
    started({ snapshots: [SNAPSHOT] }),
    anOpening(),
  ],
  [
    'a public address afterwards',
    VOLUME,
    aSnapshot(),
    started({ snapshots: [SNAPSHOT] }),
    aChange('address.associate'),
  ],
  [
    'a public address of an interface afterwards',
    VOLUME,
    aSnapshot(),
    started({ snapshots: [SNAPSHOT] }),
    anInterface(),
    aChange('address.associate', { on: networkInterface(INTERFACE) }),
  ],
  [
    'a group put on the interface that the instance was launched with',
    VOLUME,
    aSnapshot(),
    withInterface,
    aChange('instance.modify', { on: networkInterface(INTERFACE), groups: ['sg-9'] }),
  ],
  [
    'a group put on the instance, and opened afterwards',
    VOLUME,
    aSnapshot(),
    started({ snapshots: [SNAPSHOT] }),
    aChange('instance.modify', { groups: ['sg-9'] }),
    anOpening({}, { group: 'sg-9' }),
  ],
  [
    'a group put on an interface before that is attached, and opened afterwards',
    VOLUME,
    aSnapshot(),
    started({ snapshots: [SNAPSHOT] }),
    aChange('instance.modify', { on: networkInterface(INTERFACE), groups: ['sg-9'] }),
    anInterface(),
    anOpening({}, { group: 'sg-9' }),
  ],
];

/** The same activities, so far apart. */
const apart = (activities: readonly Activity[], step: number): Activity[] =>
  activities.map((activity, index) => ({ ...activity, at: NOW + index * step }));

const lineageOf = (activity: Activity, all: readonly Activity[]) =>
  explore(activity, timelinesFrom(all), policy).lineage;
const sources = (activity: Activity, all: readonly Activity[]): string[] => [
  ...new Set(lineageOf(activity, all).steps.flatMap(({ from }) => from.map(nameOf))),
];
const ids = (activities: readonly Activity[]): string[] => activities.map(({ id }) => id);

describe('the way of the data, followed back', () => {
  it.each(PATHS)('leads through %s', (_, origin, ...steps) => {
    const path = apart(steps, HOUR);
    const last = path.at(-1) as Activity;
    expect(sources(last, path)).toContain(origin);
  });

  it.each(PATHS)(
    'leads through %s days apart, by others, in any order of the records',
    (_, origin, ...steps) => {
      const path = apart(steps, 3 * DAY).map((each, index) => ({
        ...each,
        actor: anActor({ key: `AROAEXAMPLE${index}` }),
      }));
      expect(sources(path.at(-1) as Activity, [...path].reverse())).toContain(origin);
    },
  );

  it.each(PATHS)('leads through %s within one second', (_, origin, ...steps) => {
    const path = apart(steps, 0);
    expect(sources(path.at(-1) as Activity, path)).toContain(origin);
  });

  it.each(PATHS)('leads through %s for every step missing but found late', (_, __, ...steps) => {
    const path = apart(steps, HOUR);
    const last = path.at(-1) as Activity;
    for (const step of path.slice(0, -1)) {
      expect(ids(downstream(step, throughout(timelinesFrom(path)), policy).later)).toContain(last.id);
    }
  });

  it('does not take the root snapshot that an image brings along for a chain', () => {
    expect(lineageOf(started(), [aSnapshot({ at: NOW - HOUR })]).steps).toEqual([]);
  });

  it('does not lead into a snapshot that a version of a launch template does not inherit', () => {
    const versions = [version('1', [snapshot(SNAPSHOT)]), version('2', [template('1')])];
    const path = apart([aSnapshot(), ...versions, fromVersion('2')], HOUR);
    expect(sources(path[3] as Activity, path)).toEqual(['lt-1:1']);
  });

  it('begins at a snapshot that was written from outside', () => {
    const written = made('snapshot.create', 'snapshot', SNAPSHOT, []);
    const path = apart([written, started({ snapshots: [SNAPSHOT] })], HOUR);
    expect(lineageOf(path[1] as Activity, path).steps.map(({ into, from }) => [into, from])).toEqual([
      [snapshot(SNAPSHOT), []],
    ]);
  });

  it('does not lead past a call that was refused', () => {
    const path = apart([aSnapshot({ outcome: 'denied' }), aRestore(), anAttachment()], HOUR);
    expect(sources(path[2] as Activity, path)).toEqual([SNAPSHOT]);
  });

  it('does not lead back beyond the window of the policy', () => {
    const path = [aSnapshot({ at: NOW - policy.lineageWindow - 1 }), started({ snapshots: [SNAPSHOT] })];
    expect(sources(path[1] as Activity, path)).toEqual([]);
    const edge = [aSnapshot({ at: NOW - policy.lineageWindow }), started({ snapshots: [SNAPSHOT] })];
    expect(sources(edge[1] as Activity, edge)).toEqual([VOLUME]);
  });

  it('leaves out what came into a source after it was used', () => {
    const early = anImage({ at: NOW - 2 * HOUR }, snapshot(SNAPSHOT));
    const late = aSnapshot({ at: NOW - HOUR });
    const launch = started({ images: [NEW_IMAGE] });
    expect(sources(launch, [early, late, launch])).toEqual([SNAPSHOT]);
  });

  it('asks nothing of a call that failed, or of a kind that brings no data', () => {
    for (const activity of [
      started({}, { outcome: 'denied' }),
      aSnapshot(),
      anActivity({ kind: 'key-pair.create' }),
    ]) {
      expect(explore(activity, () => undefined, policy)).toEqual({ lineage: NO_LINEAGE, missing: [] });
    }
  });

  it('stops at an instance that is terminated long after its launch, or whose launch is not known', () => {
    const end = removed('instance.terminate', 'instance', INSTANCE);
    const built = anImage({ at: NOW - 3 * DAY });
    const at = (time: number) => started({ images: [NEW_IMAGE] }, { at: time });
    const soon = [built, at(NOW - policy.timeWindow), end];
    expect(lineageOf(end, soon).steps.map(({ activity }) => activity.kind)).toContain('image.create');
    const late = [built, at(NOW - policy.timeWindow - 1), end];
    for (const known of [late, [built, end]]) {
      const own = (key: string) =>
        key === timelineOf(instance(INSTANCE)) ? timelinesFrom(known)(key) : undefined;
      expect(explore(end, own, policy)).toEqual({ lineage: NO_LINEAGE, missing: [] });
    }
  });

  it('asks how open the source was only for what somebody launches or opens, not for what a service scales', () => {
    const path = [started({}, { at: NOW - 3 * HOUR }), anImage({ at: NOW - 2 * HOUR })];
    const launch = started({ images: [NEW_IMAGE] }, {}, OTHER_INSTANCE);
    expect(lineageOf(launch, path).origins.map((origin) => origin.instance)).toEqual([instance(INSTANCE)]);
    expect(lineageOf({ ...launch, actor: autoScaling }, path).origins).toEqual([]);
  });

  it('asks for guards where copied data comes onto an instance, not where such an instance is opened', () => {
    const guard = anActivity({ kind: 'guardrail.disable', at: NOW - 2 * HOUR });
    const launch = started({ snapshots: [SNAPSHOT] });
    const path = [aSnapshot({ at: NOW - HOUR }), guard, launch];
    expect(ids(lineageOf(launch, path).guards)).toEqual([guard.id]);
    const opening = anOpening({ at: NOW + HOUR });
    expect(lineageOf(opening, path).steps).not.toEqual([]);
    expect(lineageOf(opening, path).guards).toEqual([]);
  });

  it('names the timelines it has not read, and none once they are', () => {
    const path = apart([aSnapshot(), aRestore(), anAttachment()], HOUR);
    const last = path[2] as Activity;
    expect(explore(last, () => undefined, policy).missing).toContain(timelineOf(volume(COPY)));
    expect(explore(last, timelinesFrom(path), policy).missing).toEqual([]);
  });
});

describe('what the way of the data shows beside it', () => {
  const launch = started({}, { at: NOW - HOUR });
  const before = anOpening({ at: NOW - 2 * HOUR });

  it('is the launch of an instance that is changed, and what its groups let in', () => {
    const { launches, openings, instances } = lineageOf(anAttachment(), [before, launch]);
    expect(ids(launches)).toEqual([launch.id]);
    expect(ids(openings)).toEqual([before.id]);
    expect(instances).toEqual([instance(INSTANCE)]);
  });

  it('is what the groups of a launch let in already', () => {
    expect(ids(lineageOf(started(), [before]).openings)).toEqual([before.id]);
  });

  it('is who stands behind a group that is opened, but not who joins it later', () => {
    const later = started({}, { at: NOW + HOUR }, 'i-9');
    const { instances, launches } = lineageOf(anOpening(), [launch, later]);
    expect(instances).toEqual([instance(INSTANCE)]);
    expect(ids(launches)).toEqual([launch.id]);
  });

  it('is looked at again when the version of a template comes late that a version with the group was made of', () => {
    const first = { ...version('1', [image(NEW_IMAGE)]), at: NOW - 2 * HOUR };
    const second = { ...versionOf('2', '1', 'sg-9'), at: NOW - HOUR };
    const opening = anOpening({}, { group: 'sg-9' });
    expect(ids(downstream(first, throughout(timelinesFrom([first, second, opening])), policy).later)).toEqual(
      expect.arrayContaining([second.id, opening.id]),
    );
  });
});

/** Timelines read before and after alike. */
const throughout = (timelines: Timelines) => ({ before: timelines, after: timelines });

describe('the walk', () => {
  const chain = (length: number): Activity[] =>
    Array.from({ length }, (_, n) => aCopy({ at: NOW - (length - n) * HOUR }, `snap-${n}`, `snap-${n + 1}`));

  it('ends at its depth', () => {
    const copies = chain(30);
    expect(lineageOf(started({ snapshots: ['snap-30'] }), copies).steps).toHaveLength(MAX_DEPTH);
  });

  it('goes on for as long as it is shallow enough', () => {
    expect(lineageOf(started({ snapshots: [`snap-${MAX_DEPTH}`] }), chain(MAX_DEPTH)).steps).toHaveLength(
      MAX_DEPTH,
    );
  });

  it('keeps a bounded number of steps of something that everything flows into', () => {
    const many = Array.from({ length: 200 }, (_, n) => anAttachment({ at: NOW - HOUR - n }, `vol-${n}`));
    const opening = anActivity({
      kind: 'address.associate',
      links: [{ type: 'instance', id: INSTANCE, role: 'changed' }],
    });
    expect(lineageOf(opening, many).steps.length).toBeLessThanOrEqual(40);
  });

  it('ends where copies run in a circle', () => {
    const circle = [
      aCopy({ at: NOW - HOUR }, 'snap-a', 'snap-b'),
      aCopy({ at: NOW - HOUR }, 'snap-b', 'snap-a'),
      aCopy({ at: NOW - HOUR }, 'snap-a', 'snap-a'),
    ];
    const launch = started({ snapshots: ['snap-a'] });
    expect(new Set(ids(lineageOf(launch, circle).steps.map(({ activity }) => activity)))).toEqual(
      new Set(ids(circle)),
    );
    expect(
      ids(downstream(circle[0] as Activity, throughout(timelinesFrom([...circle, launch])), policy).later),
    ).toContain(launch.id);
  });
});

/** Anything that carries data between two of each sort of resource, at times that collide. */
const anything: fc.Arbitrary<Activity> = fc
  .record({
    at: fc.integer({ min: 0, max: 12 }).map((hour) => NOW + hour * HOUR),
    a: fc.constantFrom('1', '2'),
    b: fc.constantFrom('1', '2'),
    make: fc.constantFrom<((a: string, b: string) => Activity)[]>(
      (a, b) => aSnapshot({}, `vol-${a}`, `snap-${b}`),
      (a, b) => aCopy({}, `snap-${a}`, `snap-${b}`),
      (a, b) => aRestore({}, `snap-${a}`, `vol-${b}`),
      (a, b) => made('volume.copy', 'volume', `vol-${b}`, [volume(`vol-${a}`)]),
      (a, b) => anAttachment({}, `vol-${a}`, `i-${b}`),
      (a, b) => anImage({}, instance(`i-${a}`), `ami-${b}`),
      (a, b) => anImage({}, snapshot(`snap-${a}`), `ami-${b}`),
      (a, b) => started({ images: [IMAGE], snapshots: [`snap-${a}`], groups: [`sg-${a}`] }, {}, `i-${b}`),
      (a, b) => started({ images: [`ami-${a}`], groups: [`sg-${b}`] }, {}, `i-${b}`),
      (a) => anOpening({}, { group: `sg-${a}` }),
      (a, b) => {
        const launch = started({ images: [`ami-${a}`], groups: [`sg-${b}`] }, {}, `i-${b}`);
        return {
          ...launch,
          links: [
            ...launch.links,
            { type: 'network-interface', id: `eni-${a}`, role: a === b ? 'made' : 'used' },
          ],
        };
      },
      (a) => made('snapshot.create', 'snapshot', `snap-${a}`, []),
      (a) => removed('snapshot.delete', 'snapshot', `snap-${a}`),
      (a) => removed('volume.delete', 'volume', `vol-${a}`),
      (a) => removed('image.unshare', 'image', `ami-${a}`),
      (a) => aShare({ public: true }, { links: [{ type: 'snapshot', id: `snap-${a}`, role: 'changed' }] }),
      (a, b) => version(a, a === b ? [image(`ami-${a}`), snapshot(`snap-${b}`)] : [template(b)]),
      (a, b) => versionOf(a, b, `sg-${b}`),
      (a, b) => grouped(version(a, a === b ? [image(`ami-${a}`)] : [template(b)]), `sg-${b}`),
      (a) => fromVersion(a),
      (a, b) => aChange('instance.modify', { on: instance(`i-${a}`), groups: [`sg-${b}`] }),
      (a, b) => aChange('instance.modify', { on: networkInterface(`eni-${a}`), groups: [`sg-${b}`] }),
      (a, b) => anInterface({}, `eni-${a}`, `i-${b}`),
      (a, b) =>
        aChange('address.associate', { on: a === '1' ? instance(`i-${b}`) : networkInterface(`eni-${b}`) }),
      (a, b) => aChange('profile.attach', { on: instance(`i-${a}`), profile: b }),
      (a, b) =>
        aChange('metadata.change', {
          on: instance(`i-${a}`),
          posture: { httpTokens: b === '1' ? 'optional' : 'required' },
        }),
    ),
  })
  .map(({ at, a, b, make }) => ({ ...make(a, b), at }));

describe('any activities at all', () => {
  const some = fc.array(anything, { minLength: 2, maxLength: 14 });

  it('are followed only backwards in time, each step into something that carries on', () => {
    fc.assert(
      fc.property(some, (all) => {
        for (const activity of all) {
          const { steps } = lineageOf(activity, all);
          for (const { activity: step, into, from } of steps) {
            expect(step.at).toBeLessThanOrEqual(activity.at);
            expect(step.links.some((link) => link.role !== 'used' && isSameResource(link, into))).toBe(true);
            expect(from.length > 0 || step.kind === 'snapshot.create').toBe(true);
          }
        }
      }),
      { numRuns: 300 },
    );
  });

  it('concern, when they arrive late, whatever rests on them', () => {
    fc.assert(
      fc.property(some, (all) => {
        const timelines = timelinesFrom(all);
        for (const activity of all) {
          const lineage = lineageOf(activity, all);
          const origins = lineage.origins.flatMap(({ activities }) => activities);
          for (const behind of [...partsOf(lineage), ...origins]) {
            expect(ids(downstream(behind, throughout(timelines), policy).later)).toContain(activity.id);
          }
        }
      }),
      { numRuns: 1000 },
    );
  });

  it('concern, when they arrive late, whatever would be told differently without them', () => {
    fc.assert(
      fc.property(some, (all) => {
        const timelines = timelinesFrom(all);
        for (const late of all) {
          const others = all.filter((each) => each !== late);
          const later = new Set(ids(downstream(late, throughout(timelines), policy).later));
          for (const activity of others) {
            if (later.has(activity.id)) continue;
            expect(lineageOf(activity, all)).toEqual(lineageOf(activity, others));
          }
        }
      }),
      { numRuns: Number(process.env.LAUNCHTRAIL_RUNS ?? 300) },
    );
  });

  it('say the same whatever order they are read in', () => {
    fc.assert(
      fc.property(some, (all) => {
        for (const activity of all) {
          expect(lineageOf(activity, [...all].reverse())).toEqual(lineageOf(activity, all));
        }
      }),
      { numRuns: 200 },
    );
  });
});
