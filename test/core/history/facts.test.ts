import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { Activity } from '../../../core/activity/activity.ts';
import {
  accountScope,
  actorScope,
  DAY,
  emptySheet,
  type FactSheet,
  factsOf,
  imageScope,
  keyScope,
  learn,
  MAX_VALUES,
  networkOf,
  scopesOf,
  setSuspect,
  subjectScope,
  volumeScope,
} from '../../../core/history/facts.ts';
import { sightingOf } from '../../../core/history/sighting.ts';
import { ACCOUNT, aLaunch, anActivity, aPerson, from, NOW } from '../../builders.ts';
import { aShare, aSnapshot, keyHolder, PARTNER, VOLUME } from '../../fixtures/signals/cases.ts';
import { arbitraryActivity } from '../any-activity.ts';

const SCOPE = actorScope(ACCOUNT, 'A');
const written = (activity: Activity): string[] =>
  factsOf(activity).map(({ scope, dimension, value }) => `${scope} ${dimension}:${value}`);

/** A sheet after some activities in some order, with only the facts of one scope. */
const taught = (activities: readonly Activity[], scope: string, start = emptySheet(scope)): FactSheet =>
  activities.reduce((sheet, activity) => learn(sheet, factsOf(activity), activity).sheet, start);

/** Sheets are compared by content: the order of keys means nothing. */
const content = ({ seen, lastDay }: FactSheet) => ({ lastDay, seen: { ...seen } });

/** One sighting of a value of one dimension. */
const sightings = fc.array(
  fc.record({
    value: fc.integer({ min: 0, max: 14 }),
    minutes: fc.integer({ min: 0, max: 30 }),
    id: fc.nat(5),
  }),
  { maxLength: 40 },
);
const see = (sheet: FactSheet, { value, minutes, id }: { value: number; minutes: number; id: number }) =>
  learn(sheet, [{ scope: SCOPE, dimension: 'day', value: String(value) }], {
    ...anActivity(),
    at: NOW + minutes,
    id: `${id}0000000-x`,
  }).sheet;

describe('what an activity proves', () => {
  it('is presence alone when it was refused', () => {
    const facts = factsOf(anActivity({ outcome: 'denied' }));
    expect(new Set(facts.map(({ dimension }) => dimension))).toEqual(new Set(['since', 'day', 'asks']));
  });

  it('is kind, Region, hour, network, family and profile when a launch succeeded', () => {
    const activity = anActivity({
      launch: aLaunch({ types: ['p5.48xlarge'], profile: 'web' }),
      origin: from('192.0.2.10', { asn: 64496, country: 'DE' }),
    });
    const scope = subjectScope(activity);
    for (const fact of [
      'kind:instance.launch',
      'region:eu-west-1',
      'hour:12',
      'network:AS64496',
      'country:DE',
      'family:p5',
      'family:accelerated',
      'family:very large',
      'profile:web',
    ]) {
      expect(written(activity)).toContain(`${scope} ${fact}`);
    }
    expect(written(activity)).toContain(`${accountScope(activity)} family:p5`);
    expect(written(activity)).toContain(`${imageScope(ACCOUNT, 'ami-00000000000000001')} image:`);
  });

  it('belongs to the person behind a shared role, and to the role that somebody used it', () => {
    const activity = anActivity({ actor: aPerson('alice@example.com') });
    const role = actorScope(ACCOUNT, activity.actor.key);
    expect(written(activity)).toContain(`${role}/alice@example.com region:eu-west-1`);
    expect(written(activity)).toContain(`${role} person:alice@example.com`);
    expect(written(activity)).not.toContain(`${role} region:eu-west-1`);
  });

  it('is the volume that was copied, the account that was shared with and the identity that was made', () => {
    expect(written(aSnapshot())).toContain(`${volumeScope(ACCOUNT, VOLUME)} snapshots:`);
    expect(written(aShare({ accounts: [PARTNER] }))).toContain(`account#${ACCOUNT} share:${PARTNER}`);
    const created = anActivity({
      kind: 'identity.create',
      links: [
        { type: 'user', id: 'AIDAEXAMPLE1', role: 'made' },
        { type: 'access-key', id: 'AKIAEXAMPLE1', role: 'made' },
      ],
    });
    expect(written(created)).toContain(`${actorScope(ACCOUNT, 'AIDAEXAMPLE1')} created:`);
    expect(written(created)).toContain(`${keyScope(ACCOUNT, 'AKIAEXAMPLE1')} created:`);
  });

  it('compares networks by autonomous system where known, else by address prefix, and private ones not at all', () => {
    expect(networkOf(anActivity({ origin: from('192.0.2.10', { asn: 64496 }) }))).toBe('AS64496');
    expect(networkOf(anActivity({ origin: from('192.0.2.10') }))).toBe('192.0.2.0/24');
    expect(
      networkOf(anActivity({ origin: { ip: '10.0.0.1', agent: 'boto3', console: false } })),
    ).toBeUndefined();
  });

  it('is read from the very scopes a judgement looks at', () => {
    const activity = anActivity({ actor: keyHolder });
    expect(scopesOf(activity)).toEqual(
      expect.arrayContaining([
        subjectScope(activity),
        accountScope(activity),
        keyScope(ACCOUNT, 'AKIAEXAMPLEBACKUP222'),
      ]),
    );
    expect(new Set(scopesOf(activity)).size).toBe(scopesOf(activity).length);
  });
});

describe('a fact sheet', () => {
  it('does not change when it learns the same activity again', () => {
    fc.assert(
      fc.property(
        fc.array(arbitraryActivity, { minLength: 1, maxLength: 12 }),
        fc.nat(),
        (activities, pick) => {
          const again = activities[pick % activities.length] as Activity;
          for (const scope of scopesOf(again)) {
            const sheet = taught(activities, scope);
            const { sheet: twice, changes } = learn(sheet, factsOf(again), again);
            expect(twice).toBe(sheet);
            expect(changes).toEqual([]);
          }
        },
      ),
    );
  });

  it('is the same whatever the order of activities', () => {
    fc.assert(
      fc.property(
        fc.array(arbitraryActivity, { maxLength: 12 }),
        fc.infiniteStream(fc.nat()),
        (activities, random) => {
          const keyed = activities.map((activity) => ({ activity, key: random.next().value ?? 0 }));
          const shuffled = keyed.sort((a, b) => a.key - b.key).map(({ activity }) => activity);
          for (const scope of new Set(activities.flatMap(scopesOf))) {
            expect(content(taught(shuffled, scope))).toEqual(content(taught(activities, scope)));
          }
        },
      ),
    );
  });

  it('is the same whatever the order of sightings, also beyond the number of values it keeps', () => {
    fc.assert(
      fc.property(sightings, fc.infiniteStream(fc.nat()), (list, random) => {
        const keyed = list.map((each) => ({ each, key: random.next().value ?? 0 }));
        const shuffled = keyed.sort((a, b) => a.key - b.key).map(({ each }) => each);
        const sheet = list.reduce(see, emptySheet(SCOPE));
        expect(content(shuffled.reduce(see, emptySheet(SCOPE)))).toEqual(content(sheet));
        expect(content([...list, ...list].reduce(see, emptySheet(SCOPE)))).toEqual(content(sheet));
      }),
      { numRuns: 500 },
    );
  });

  it('learns in two parts what it learns in one: whichever part came first', () => {
    fc.assert(
      fc.property(sightings, sightings, (first, second) => {
        const start = emptySheet(SCOPE);
        const left = second.reduce(see, first.reduce(see, start));
        const right = first.reduce(see, second.reduce(see, start));
        expect(content(left)).toEqual(content(right));
      }),
      { numRuns: 500 },
    );
  });

  it('keeps the earliest values when there are more than it holds', () => {
    const days = Array.from({ length: 14 }, (_, day) => ({ value: day, minutes: 14 - day, id: 0 }));
    const sheet = days.reduce(see, emptySheet(SCOPE));
    expect(Object.keys(sheet.seen)).toHaveLength(MAX_VALUES.day);
    expect(Object.keys(sheet.seen).sort()).toEqual([
      'day:10',
      'day:11',
      'day:12',
      'day:13',
      'day:4',
      'day:5',
      'day:6',
      'day:7',
      'day:8',
      'day:9',
    ]);
  });

  it('keeps the earlier of two sightings and says what changed', () => {
    const late = see(emptySheet(SCOPE), { value: 1, minutes: 9, id: 0 });
    const facts = [{ scope: SCOPE, dimension: 'day', value: '1' }] as const;
    const { changes } = learn(late, facts, { ...anActivity(), at: NOW + 3, id: '00000000-y' });
    const { id } = sightingOf({ ...anActivity(), id: '00000000' });
    expect(changes).toEqual([{ key: 'day:1', before: { at: NOW + 9, id }, after: { at: NOW + 3, id } }]);
  });

  it('ignores facts of other scopes', () => {
    const sheet = emptySheet('actor#111122223333#other');
    const { changes } = learn(sheet, factsOf(anActivity()), anActivity());
    expect(changes).toEqual([]);
  });

  it('remembers its last active day, which never falls', () => {
    const today = anActivity({ at: NOW });
    const scope = subjectScope(today);
    const sheet = taught([today, anActivity({ at: NOW - 5 * DAY })], scope);
    expect(sheet.lastDay).toBe(Math.floor(NOW / DAY));
  });
});

describe('suspicion', () => {
  const first = anActivity({ at: NOW - DAY, region: 'sa-east-1' });
  const second = anActivity({ at: NOW, region: 'us-east-1' });
  const scope = subjectScope(first);

  it('marks what an activity was the first to show, and nothing else', () => {
    const { sheet } = setSuspect(taught([first, second], scope), second, 'finding');
    expect(sheet.seen['region:us-east-1']?.suspect).toBe('finding');
    expect(sheet.seen['region:sa-east-1']?.suspect).toBeUndefined();
    expect(sheet.seen['kind:instance.launch']?.suspect).toBeUndefined();
  });

  it('is taken back without a trace', () => {
    const sheet = taught([first, second], scope);
    const marked = setSuspect(sheet, second, 'finding').sheet;
    expect(setSuspect(marked, second, undefined).sheet).toEqual(sheet);
  });

  it('may become that of a leaked key, and go back', () => {
    const sheet = setSuspect(taught([first, second], scope), second, 'finding').sheet;
    const leaked = setSuspect(sheet, second, 'leaked-key').sheet;
    expect(leaked.seen['region:us-east-1']?.suspect).toBe('leaked-key');
    expect(setSuspect(leaked, second, 'finding').sheet).toEqual(sheet);
  });

  it('changes nothing the second time', () => {
    const marked = setSuspect(taught([first, second], scope), second, 'finding').sheet;
    expect(setSuspect(marked, second, 'finding')).toEqual({ sheet: marked, changes: [] });
  });

  it('survives learning the same activity again', () => {
    const marked = setSuspect(taught([first, second], scope), second, 'finding').sheet;
    expect(learn(marked, factsOf(second), second).sheet).toBe(marked);
  });
});
