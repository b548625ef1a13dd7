import type { Activity } from '../../core/activity/activity.ts';
import { DAY } from '../../core/history/facts.ts';
import { aLaunch, anActivity, aPerson, HOUR, NOW } from '../builders.ts';
import {
  alice,
  anAttachment,
  anOpening,
  aRestore,
  aScaling,
  aShare,
  aSnapshot,
  autoScaling,
  aVersion,
  habit,
  PARTNER,
  SNAPSHOT,
  someoneElse,
  started,
  watched,
} from '../fixtures/signals/cases.ts';
import { template } from '../resources.ts';

/** Batches of records, as a queue hands them to one function after the other. */
export interface Story {
  readonly name: string;
  /** What had been judged long before. */
  readonly before: readonly Activity[];
  readonly batches: readonly (readonly Activity[])[];
  /** Nobody has time to judge again what was judged before, but for one slice of a message that asks for that. */
  readonly late?: true;
}

const launch = started({}, { actor: someoneElse, at: NOW - 6 * HOUR });
const snapshot = aSnapshot({ actor: alice, at: NOW - 5 * HOUR });
const share = aShare({ accounts: [PARTNER] }, { actor: alice, at: NOW - 4 * HOUR });
const volume = aRestore({ actor: alice, at: NOW - 3 * HOUR });
const attachment = anAttachment({ actor: aPerson('bob@example.com'), at: NOW - 2 * HOUR });
/** It comes up with the copied disk. */
const taken = started(
  { snapshots: [SNAPSHOT] },
  { actor: alice, at: NOW - 2.5 * HOUR },
  'i-00000000000000002',
);
const opening = anOpening({ actor: aPerson('bob@example.com'), at: NOW - HOUR });
/** Judged by what the theft was the first to show: it must not have been learnt. */
const nextDay = aSnapshot(
  { actor: alice, at: NOW + 2 * DAY },
  'vol-00000000000000009',
  'snap-00000000000000009',
);

const mallory = aPerson('mallory@example.com');
const version = aVersion(
  { types: ['g5.xlarge'], images: ['ami-00000000000000009'] },
  {
    actor: mallory,
    at: NOW - 3 * HOUR,
    links: [
      { type: 'launch-template', id: 'lt-1', role: 'changed' },
      { ...template('7'), role: 'changed' },
    ],
  },
);
const scaling = aScaling({ count: 40 }, { actor: mallory, at: NOW - 2 * HOUR });
const byService = (minute: number): Activity =>
  anActivity({
    actor: autoScaling,
    at: NOW - HOUR + minute * 60_000,
    links: [
      { type: 'instance', id: `i-0000000000000001${minute}`, role: 'made' },
      { type: 'auto-scaling-group', id: 'web', role: 'used' },
      { type: 'launch-template', id: 'lt-1', role: 'used' },
    ],
    launch: aLaunch({ types: ['g5.xlarge'], images: ['ami-00000000000000009'], template: template('7') }),
  });
const launches = [byService(0), byService(1), byService(2)];
/** The service is asked again when what it launched has settled. */
const later = { ...byService(0), ...{ id: '0fffffff-0000-4000-8000-000000000000', at: NOW + 2 * DAY } };

const disorder = [
  [nextDay, opening],
  [attachment, launch],
  [volume, taken],
  [share, snapshot],
];

const calm = [...watched, ...habit({ actor: autoScaling })];

export const STORIES: readonly Story[] = [
  {
    name: 'a chain',
    before: [...watched, launch],
    batches: [[snapshot, share], [volume, taken, attachment], [opening], [nextDay]],
  },
  { name: 'the same chain in disorder', before: watched, batches: disorder },
  {
    name: 'an automation told to launch',
    before: calm,
    batches: [[version, scaling], launches, [later]],
  },
];

/** The same once more, where whatever can be put off is: for detect alone, as the others see no difference. */
export const PUT_OFF: Story = {
  name: 'the chain in disorder, put off',
  before: watched,
  batches: disorder,
  late: true,
};
