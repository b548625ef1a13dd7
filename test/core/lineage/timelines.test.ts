import { describe, expect, it } from 'vitest';
import { subjectKey } from '../../../core/activity/actor.ts';
import { sourcesOf, targetsOf } from '../../../core/activity/links.ts';
import { entriesOf, RESOURCES } from '../../../core/lineage/timelines.ts';
import { anActivity } from '../../builders.ts';
import {
  aCopy,
  anAttachment,
  anImage,
  anOpening,
  aRestore,
  aShare,
  aSnapshot,
  autoScaling,
  COPY,
  GROUP,
  INSTANCE,
  NEW_IMAGE,
  SNAPSHOT,
  started,
  VOLUME,
} from '../../fixtures/signals/cases.ts';
import { image, instance, snapshot } from '../../resources.ts';

const keysOf = (activity: Parameters<typeof entriesOf>[0]): string[] =>
  entriesOf(activity)
    .filter(({ account }) => account === RESOURCES)
    .map(({ subject }) => subject)
    .sort();

const IMAGE = 'ami-00000000000000001';
const terminate = anActivity({
  kind: 'instance.terminate',
  links: [{ type: 'instance', id: INSTANCE, role: 'changed' }],
});

describe('the timelines an activity stands in', () => {
  it('begin with that of its subject', () => {
    const activity = aSnapshot();
    expect(entriesOf(activity)[0]).toEqual({
      account: activity.account,
      subject: subjectKey(activity.actor),
      activity,
    });
  });

  it.each([
    ['a snapshot', aSnapshot(), [`snapshot/${SNAPSHOT}`, `volume/${VOLUME}>`]],
    ['a copy', aCopy(), ['snapshot/snap-00000000000000002', `snapshot/${SNAPSHOT}>`]],
    ['a restore', aRestore(), [`snapshot/${SNAPSHOT}>`, `volume/${COPY}`]],
    ['an attachment', anAttachment(), [`instance/${INSTANCE}`, `volume/${COPY}>`]],
    ['an image of an instance', anImage(), [`image/${NEW_IMAGE}`, `instance/${INSTANCE}`]],
    [
      'an image of a snapshot',
      anImage({}, snapshot(SNAPSHOT)),
      [`image/${NEW_IMAGE}`, `snapshot/${SNAPSHOT}>`],
    ],
    [
      'a launch',
      started({ snapshots: [SNAPSHOT] }),
      [`image/${IMAGE}>`, `instance/${INSTANCE}`, `security-group/${GROUP}>`, `snapshot/${SNAPSHOT}>`],
    ],
    ['a launch by a service', started({}, { actor: autoScaling }), [`image/${IMAGE}>`]],
    ['an opening', anOpening(), [`security-group/${GROUP}`]],
    ['a share', aShare({ public: true }), [`snapshot/${SNAPSHOT}`]],
    ['a termination', terminate, [`instance/${INSTANCE}`]],
  ])('%s: those of what it made or changed, and of the uses of its sources', (_, activity, keys) => {
    expect(keysOf(activity)).toEqual([...keys].sort());
  });

  it.each([
    ['what did not succeed', aSnapshot({ outcome: 'denied' })],
    [
      'an empty volume',
      anActivity({ kind: 'volume.create', links: [{ type: 'volume', id: COPY, role: 'made' }] }),
    ],
    ['a termination by a service', { ...terminate, actor: autoScaling }],
    ['a kind that brings no data', anActivity({ kind: 'key-pair.create', links: aSnapshot().links })],
  ])('%s stands in none of a resource', (_, activity) => {
    expect(keysOf(activity)).toEqual([]);
  });

  it('are bounded, however many instances and groups a call has', () => {
    const many = (prefix: string, count: number) => Array.from({ length: count }, (_, n) => `${prefix}-${n}`);
    const huge = anActivity({
      links: many('i', 50).map((id) => ({ type: 'instance', id, role: 'made', from: [image(IMAGE)] })),
      launch: { count: 50, types: [], images: [IMAGE], snapshots: [], groups: many('sg', 30), tagKeys: [] },
    });
    expect(keysOf(huge).length).toBeLessThanOrEqual(20);
    expect(keysOf(huge)).toContain('instance/i-0');
  });
});

describe('sources and targets', () => {
  it('are what carries data, without repetition', () => {
    const launch = started({ snapshots: [SNAPSHOT] });
    expect(sourcesOf(launch)).toEqual([image(IMAGE), snapshot(SNAPSHOT)]);
    expect(targetsOf(launch)).toEqual([instance(INSTANCE)]);
    expect(targetsOf(anAttachment())).toEqual([instance(INSTANCE)]);
    expect(sourcesOf(anOpening())).toEqual([]);
    expect(targetsOf(anOpening())).toEqual([]);
  });
});
