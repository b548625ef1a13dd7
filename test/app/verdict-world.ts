import fc from 'fast-check';
import type { VerdictChange } from '../../app/changes.ts';
import { placeOf } from '../../app/place.ts';
import type { NoteStore, Place, StoryStore, Versioned } from '../../app/ports.ts';
import { type Activity, activityKey, byTime } from '../../core/activity/activity.ts';
import type { Assessment } from '../../core/findings/finding.ts';
import { personNames } from '../../core/findings/person.ts';
import { soughtUnder } from '../../core/findings/stories.ts';
import { defaultPolicy, type Policy } from '../../core/policy/policy.ts';
import { ACCOUNT, anActivity, anActor, aPerson, HOUR, NOW, OTHER_ACCOUNT } from '../builders.ts';
import { evidence, link } from '../findings.ts';

/** Verdicts and notes in memory, with what whoever tells of them asks for. */
export interface VerdictWorld {
  readonly stories: StoryStore;
  readonly all: () => readonly Assessment[];
  /** Puts a verdict in its place, as detect does, and gives what the stream says of it. */
  readonly save: (verdict: Assessment) => VerdictChange;
}

export function verdictWorld(): VerdictWorld {
  const verdicts = new Map<string, Assessment>();
  const pointers = new Map<string, Map<string, Place>>();
  return {
    all: () => [...verdicts.values()],
    save(after) {
      const key = activityKey(after.activity);
      const before = verdicts.get(key);
      verdicts.set(key, after);
      for (const name of soughtUnder(after)) {
        const places = pointers.get(name) ?? new Map<string, Place>();
        pointers.set(name, places.set(key, placeOf(after.activity)));
      }
      return { ...(before && { before }), after };
    },
    stories: {
      at: async (places) =>
        places.flatMap((place) => {
          const value = verdicts.get(activityKey(place));
          return value === undefined ? [] : [{ value, version: 1 }];
        }),
      async *along({ account, subject, from, to, newestFirst = false }) {
        const own = [...verdicts.values()]
          .filter(({ activity }) => {
            const place = placeOf(activity);
            return (
              place.account === account && place.subject === subject && place.at >= from && place.at <= to
            );
          })
          .sort((a, b) => byTime(a.activity, b.activity));
        yield* newestFirst ? own.reverse() : own;
      },
      bearing: async (name, limit) => [...(pointers.get(name)?.values() ?? [])].sort(byTime).slice(0, limit),
    },
  };
}

export function memoryNotes<T>(): NoteStore<T> {
  const notes = new Map<string, { readonly place: Place; readonly note: Versioned<T> }>();
  return {
    read: async (place) => notes.get(activityKey(place))?.note,
    within: async ({ account, subject, from, to }) =>
      new Map(
        [...notes]
          .filter(([, { place }]) => place.account === account && place.subject === subject)
          .filter(([, { place }]) => place.at >= from && place.at <= to)
          .map(([key, { note }]) => [key, note]),
      ),
    async write(place, value, expected) {
      const key = activityKey(place);
      if ((notes.get(key)?.note.version ?? 0) !== expected) return false;
      notes.set(key, { place, note: { value, version: expected + 1 } });
      return true;
    },
  };
}

/** One write after the other puts the members of a finding, as detect judged them, into a world. */
export const saveAll = (world: VerdictWorld, verdicts: readonly Assessment[]): VerdictChange[] =>
  verdicts.map(world.save);

/** A verdict that says nothing any more. */
export const emptied = ({ activity }: Assessment): Assessment => ({ activity, evidence: [], score: 0 });

/** Days that weeks, windows and what joins sessions meet in. */
export const policy: Policy = { ...defaultPolicy, timeWindow: 24 * HOUR };

const ACTORS = [anActor(), aPerson('alice@example.com')];
const SERVICE = anActor({ key: 'AROAEXAMPLESCALING001', label: 'role/Scaling', class: 'service' });

const idOf = (n: number): string => `${n.toString(16).padStart(8, '0')}-0000-4000-8000-000000000000`;

/** When the activity of each id was, and whether one person did all that no service did. */
interface Calendar {
  readonly hours: readonly number[];
  readonly alone: boolean;
}

/** What the activity of an id is, always the same: who did what and when. */
function activityAt(n: number, { hours, alone }: Calendar): Activity {
  const id = idOf(n);
  const at = NOW + (hours[n] ?? 0) * HOUR;
  const account = n % 5 === 0 && !alone ? OTHER_ACCOUNT : ACCOUNT;
  const actor = ACTORS[n % 3 === 0 && !alone ? 0 : 1] ?? anActor();
  if (n % 4 === 1) return anActivity({ id, at, account, actor: SERVICE });
  if (n % 4 === 2) return anActivity({ id, at, account, kind: 'key-pair.create', actor });
  const links = [link('snapshot', `snap-${n}`)];
  return anActivity({ id, at, account, kind: 'snapshot.create', actor, links });
}

/** Ids that others may rest on or follow. */
const RESTED_ON = Array.from({ length: 24 }, (_, n) => n).filter((n) => n % 4 === 0 || n % 4 === 3);

/** Dense enough for gaps to matter, or so evenly spread that weeks do. */
const calendar: fc.Arbitrary<Calendar> = fc.record({
  hours: fc.oneof(
    fc.array(fc.integer({ min: 0, max: 24 * 20 }), { minLength: 24, maxLength: 24 }),
    fc
      .array(fc.integer({ min: 15, max: 26 }), { minLength: 24, maxLength: 24 })
      .map((steps) => steps.map((_, n) => steps.slice(0, n).reduce((sum, step) => sum + step, 0))),
  ),
  alone: fc.boolean(),
});

/** The names that verdicts bear where the policy knows whoever acted as one person. */
const oneOf = (activity: Activity): readonly string[] =>
  personNames(
    { ...activity, actor: anActor({ key: 'somebody' }) },
    { ...policy, identities: [{ person: 'somebody', ids: ['somebody'] }] },
  );

const SIGNALS = {
  20: 'first-launch',
  45: 'root-launch',
  70: 'accelerated-launch',
  90: 'shared-publicly',
} as const;

const writes = fc.array(
  fc.record({
    n: fc.nat(23),
    told: fc.constantFrom(true, true, true, true, false),
    refs: fc.array(fc.constantFrom(...RESTED_ON), { maxLength: 2 }),
    follows: fc.option(fc.constantFrom(...RESTED_ON), { freq: 2 }),
    own: fc.boolean(),
    score: fc.constantFrom(20 as const, 45 as const, 70 as const, 90 as const),
  }),
  { minLength: 1, maxLength: 60, size: 'max' },
);

/** Verdicts written one after the other, some of them again. */
export const verdictWrites: fc.Arbitrary<Assessment[]> = fc.tuple(calendar, writes).map(([when, list]) =>
  list.map(({ n, told, refs, follows, own, score }): Assessment => {
    const activity = activityAt(n, when);
    if (!told) return { activity, evidence: [], score: 0 };
    const change = follows === null ? undefined : activityAt(follows, when);
    const lineage = refs.filter((ref) => ref !== n);
    const signal = SIGNALS[score];
    return {
      activity,
      score,
      ...(score > 40 && n % 2 === 0 && { person: oneOf(activity) }),
      evidence: [
        evidence(signal, `${signal} of ${n}`, {
          ...(lineage.length > 0 && { lineage: true as const, refs: lineage.map(idOf) }),
        }),
      ],
      ...(activity.actor.class === 'service' &&
        change !== undefined && {
          follows: {
            account: change.account,
            subject: placeOf(change).subject,
            id: change.id,
            at: change.at,
            ...(own && { own: true as const }),
          },
        }),
    };
  }),
);
