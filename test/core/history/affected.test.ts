import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { Activity } from '../../../core/activity/activity.ts';
import { subjectKey } from '../../../core/activity/actor.ts';
import type { Resource } from '../../../core/activity/resources.ts';
import { assess } from '../../../core/findings/assess.ts';
import { affectedAgain, affectedBy, affectedByMark, mayAsk } from '../../../core/history/affected.ts';
import { regionOf } from '../../../core/history/circles.ts';
import {
  accountScope,
  actorScope,
  type Change,
  DAY,
  emptySheet,
  type FactSheet,
  factKey,
  factsOf,
  imageScope,
  keyScope,
  learn,
  learntFrom,
  MAX_VALUES,
  plannedRegion,
  setSuspect,
  volumeScope,
} from '../../../core/history/facts.ts';
import { peaksOf } from '../../../core/history/peaks.ts';
import { recentBefore } from '../../../core/history/recent.ts';
import { type Sighting, type Suspicion, sightingOf } from '../../../core/history/sighting.ts';
import { entriesOf, timelineOf, usesOf } from '../../../core/lineage/timelines.ts';
import { defaultPolicy } from '../../../core/policy/policy.ts';
import { memoryOf } from '../../../core/signals/memory.ts';
import { ACCOUNT, anActivity, anActor, NOW } from '../../builders.ts';
import { aSnapshot } from '../../fixtures/signals/cases.ts';
import { arbitraryActivity, strictPolicy } from '../any-activity.ts';

const { settle, quarantine, keyQuarantine } = defaultPolicy.learning;
/** Any that there may be: nothing but a launch has what is launched, and nothing but a template has versions. */
const activities = arbitraryActivity.map(
  ({ links, ...rest }): Activity => ({
    ...rest,
    ...(rest.launch && { kind: 'instance.launch' }),
    links: links.map(({ version, ...link }) =>
      version !== undefined && link.type === 'launch-template' ? { ...link, version } : link,
    ),
  }),
);
const ACTOR = actorScope(ACCOUNT, 'AROAEXAMPLE1');
const ALL = accountScope({ account: ACCOUNT });

const first = anActivity({ id: '0000000a-rest' });
const seen = (at: number, suspect?: Suspicion): Sighting => ({
  ...sightingOf({ ...first, at }),
  ...(suspect && { suspect }),
});
/** A sheet with a living future, so that nothing is left out because nobody was active since. */
const sheet = (scope: string, ...keys: string[]): FactSheet => ({
  scope,
  seen: Object.fromEntries(keys.map((key) => [key, seen(NOW)])),
  lastDay: Math.floor((NOW + 400 * DAY) / DAY),
});
/** The last moment of its last day: whoever is at work later writes the sheet, too. */
const END = (Math.floor((NOW + 400 * DAY) / DAY) + 1) * DAY - 1;
const changed = (key: string, after: Sighting, before?: Sighting): Change => ({
  key,
  after,
  ...(before && { before }),
});
const stretch = (change: Change, on: FactSheet) =>
  affectedBy(change, on, defaultPolicy).map(({ from, to, prefix }) => ({ from, to, prefix }));

describe('what a changed sighting concerns', () => {
  it('is everything of the subject from the settling time on, for a value new to it', () => {
    expect(stretch(changed('region:sa-east-1', seen(NOW)), sheet(ACTOR))).toEqual([
      { from: NOW + settle, to: END, prefix: 'AROAEXAMPLE1' },
    ]);
  });

  it('is the time between the two settlings, for a value now seen earlier', () => {
    expect(stretch(changed('region:sa-east-1', seen(NOW - 5 * DAY), seen(NOW)), sheet(ACTOR))).toEqual([
      { from: NOW - 5 * DAY + settle, to: NOW + settle, prefix: 'AROAEXAMPLE1' },
    ]);
  });

  it('is the time until the quarantine is over, for a value now suspect or no longer so', () => {
    const expected = [{ from: NOW + settle, to: NOW + quarantine, prefix: 'AROAEXAMPLE1' }];
    expect(stretch(changed('region:sa-east-1', seen(NOW, 'finding'), seen(NOW)), sheet(ACTOR))).toEqual(
      expected,
    );
    expect(stretch(changed('region:sa-east-1', seen(NOW), seen(NOW, 'finding')), sheet(ACTOR))).toEqual(
      expected,
    );
  });

  it('is a longer time for a value that a leaked key showed', () => {
    const expected = [{ from: NOW + settle, to: NOW + keyQuarantine, prefix: 'AROAEXAMPLE1' }];
    const [leaked, found] = [seen(NOW, 'leaked-key'), seen(NOW, 'finding')];
    expect(stretch(changed('region:sa-east-1', leaked, found), sheet(ACTOR))).toEqual(expected);
    expect(stretch(changed('region:sa-east-1', found, leaked), sheet(ACTOR))).toEqual(expected);
  });

  it('is a longer time for a value that a CRITICAL finding showed of the account, not of a subject', () => {
    const [critical, found] = [seen(NOW, 'critical'), seen(NOW, 'finding')];
    const on = { from: NOW + settle, prefix: '' };
    expect(stretch(changed('region:sa-east-1', critical, found), sheet(ALL))).toEqual([
      { ...on, to: NOW + keyQuarantine },
    ]);
    expect(stretch(changed('region:sa-east-1', critical, found), sheet(ACTOR))).toEqual([
      { ...on, to: NOW + quarantine, prefix: 'AROAEXAMPLE1' },
    ]);
  });

  it('is nobody, for a value new to an account: whoever asks about it proves it too', () => {
    expect(stretch(changed('region:sa-east-1', seen(NOW)), sheet(ALL))).toEqual([]);
  });

  it('is everyone in the account, for a Region that a service was told of: to tell one proves no launch', () => {
    const told = sheet(ALL, `region:${plannedRegion('sa-east-1')}`);
    expect(stretch(changed('region:sa-east-1', seen(NOW)), told)).toEqual([
      { from: NOW + settle, to: END, prefix: '' },
    ]);
    expect(stretch(changed('region:us-east-1', seen(NOW)), told)).toEqual([]);
  });

  it('is everyone in the account, for a value of it now seen earlier', () => {
    expect(stretch(changed('region:sa-east-1', seen(NOW - DAY), seen(NOW)), sheet(ALL))).toEqual([
      { from: NOW - DAY + settle, to: NOW + settle, prefix: '' },
    ]);
  });

  it('is everything after the first day of an account now seen earlier, since whoever saw it first may have died over that', () => {
    expect(stretch(changed('since:', seen(NOW - DAY), seen(NOW)), sheet(ALL))).toEqual([
      { from: NOW - DAY + settle, to: END, prefix: '' },
    ]);
    expect(stretch(changed('since:', seen(NOW - DAY), seen(NOW)), sheet(ACTOR))).toEqual([]);
  });

  it('is every later day, for a new active day', () => {
    const day = Math.floor(NOW / DAY);
    expect(stretch(changed(`day:${day}`, seen(NOW)), sheet(ACTOR))).toEqual([
      { from: (day + 1) * DAY, to: END, prefix: 'AROAEXAMPLE1' },
    ]);
  });

  it('is the time in which an identity, key or Region counts as new', () => {
    const { newIdentity } = defaultPolicy.userContext;
    expect(stretch(changed('created:', seen(NOW)), sheet(ACTOR))).toEqual([
      { from: NOW, to: NOW + newIdentity, prefix: 'AROAEXAMPLE1' },
    ]);
    expect(
      stretch(changed('created:', seen(NOW)), sheet(keyScope(ACCOUNT, 'AKIAEXAMPLE1'), 'user:AIDAEXAMPLE1')),
    ).toEqual([{ from: NOW, to: NOW + newIdentity, prefix: 'AIDAEXAMPLE1' }]);
    expect(stretch(changed('enabled-region:af-south-1', seen(NOW)), sheet(ALL))).toEqual([
      { from: NOW, to: NOW + defaultPolicy.geoLocation.newRegion, prefix: '' },
    ]);
  });

  it('is the time in which a subject counts as newly able, or all that follows where an earlier gain takes the place of the latest', () => {
    const { newIdentity } = defaultPolicy.userContext;
    const [early, late] = [seen(NOW - DAY), seen(NOW)];
    expect(stretch(changed('able:20618', late), sheet(ACTOR))).toEqual([
      { from: NOW, to: NOW + newIdentity, prefix: 'AROAEXAMPLE1' },
    ]);
    expect(stretch(changed('able:20618', early, late), sheet(ACTOR))).toEqual([
      { from: NOW - DAY, to: NOW + newIdentity, prefix: 'AROAEXAMPLE1' },
    ]);
    expect(stretch(changed('able:20618', seen(NOW, 'finding'), late), sheet(ACTOR))).toEqual([]);
    // found by an audit after it was given, it counts from the audit, too
    expect(stretch(changed(`able:${NOW + 20 * DAY}`, late), sheet(ACTOR))).toEqual([
      { from: NOW, to: NOW + 20 * DAY + newIdentity, prefix: 'AROAEXAMPLE1' },
    ]);
    const full = Array.from({ length: MAX_VALUES.able }, (_, week) => `able:${week}`);
    expect(stretch(changed('able:0', late), sheet(ACTOR, ...full))).toEqual([
      { from: NOW, to: END, prefix: 'AROAEXAMPLE1' },
    ]);
  });

  it('is every launch of an image whose making is now known, if anybody launched it', () => {
    const scope = imageScope(ACCOUNT, 'ami-1');
    expect(stretch(changed('created:', seen(NOW)), sheet(scope))).toEqual([]);
    expect(stretch(changed('created:', seen(NOW)), sheet(scope, 'image:'))).toEqual([
      { from: NOW, to: END, prefix: '' },
    ]);
  });

  it('is whoever names an image, once it is launched, unless it was named before and that is no secret', () => {
    const launched = (planned: Sighting) => {
      const on = sheet(imageScope(ACCOUNT, 'ami-1'));
      return stretch(changed('image:', seen(NOW)), { ...on, seen: { 'image:planned': planned } });
    };
    const everyone = [{ from: NOW + settle, to: END, prefix: '' }];
    expect(launched(seen(NOW - 1))).toEqual([]);
    expect(launched(seen(NOW - 1, 'finding'))).toEqual(everyone);
    expect(launched(seen(NOW + 1))).toEqual(everyone);
  });

  it('ends with the last active day of the sheet, where the rest is still to come', () => {
    const lastDay = Math.floor((NOW + 10 * DAY) / DAY);
    const change = changed('region:sa-east-1', seen(NOW - 20 * DAY), seen(NOW + 20 * DAY));
    expect(stretch(change, { ...sheet(ACTOR), lastDay })).toEqual([
      { from: NOW - 20 * DAY + settle, to: (lastDay + 1) * DAY - 1, prefix: 'AROAEXAMPLE1' },
    ]);
  });

  it('ends with the last day of its sheet, for a Region whose first launch in an account was an attack', () => {
    const launch = anActivity({ id: 'render-a', at: NOW });
    const { scope } = regionOf(launch);
    const { sheet } = learn(emptySheet(scope), factsOf(launch), launch);
    const { sheet: suspect } = setSuspect(sheet, launch, 'confirmed');
    const marked = { ...suspect, lastDay: suspect.lastDay + 60 };
    const stretches = affectedByMark(marked, launch, 'confirmed', defaultPolicy);
    expect(stretches.length).toBeGreaterThan(0);
    for (const { to } of stretches) expect(to).toBe((marked.lastDay + 1) * DAY - 1);
  });

  it.each<[Suspicion, number]>([
    ['finding', NOW + quarantine],
    ['critical', NOW + quarantine],
    ['leaked-key', NOW + keyQuarantine],
    ['confirmed', END],
  ])(
    'is the time for which a mark of %s would have kept it unlearnt, where nobody knows the mark before',
    (worst, to) => {
      const on = sheet(ACTOR, 'region:sa-east-1');
      const activity = { ...first, at: NOW };
      expect(affectedByMark(on, activity, worst, defaultPolicy)).toEqual([
        { account: ACCOUNT, prefix: 'AROAEXAMPLE1', from: NOW + settle, to, asked: [[ACTOR, 'region:']] },
      ]);
      expect(affectedByMark(on, { ...activity, at: NOW + 1 }, worst, defaultPolicy)).toEqual([]);
    },
  );

  it('is nothing, when records come in order of time', () => {
    const fresh: FactSheet = { ...sheet(ACTOR), lastDay: Math.floor(NOW / DAY) };
    expect(affectedBy(changed('region:sa-east-1', seen(NOW)), fresh, defaultPolicy)).toEqual([]);
  });
});

describe('what an activity may have been the first to show', () => {
  it('is named again when its worker may have died before it was written', () => {
    const on = sheet(ACTOR, 'region:sa-east-1');
    const again = affectedAgain(on, first, defaultPolicy);
    expect(again.map(({ from }) => from)).toContain(NOW + settle);
    expect(affectedAgain(on, { ...first, at: NOW + 1 }, defaultPolicy)).toEqual([]);
  });
});

describe('whom a value of an account concerns', () => {
  const launch = anActivity({ id: '0000000b-rest' });
  const type = launch.launch?.types[0] ?? '';
  const concerned = (key: string, activity: Activity, on = sheet(ALL)): boolean =>
    affectedBy(changed(key, seen(NOW - DAY), seen(NOW)), on, defaultPolicy).some(({ asked }) =>
      asked === undefined ? true : asked.some((each) => mayAsk(activity, each)),
    );

  it('is who launches that family, works in that Region, and comes from that network', () => {
    const snapshot = aSnapshot();
    const family = `family:${type.slice(0, type.indexOf('.'))}`;
    expect([concerned(family, launch), concerned('family:p5', launch), concerned(family, snapshot)]).toEqual([
      true,
      false,
      false,
    ]);
    for (const key of ['region:', 'region:work ', 'region:planned ']) {
      expect(concerned(`${key}${launch.region}`, launch)).toBe(true);
      expect(concerned(`${key}sa-east-1`, launch)).toBe(false);
    }
    expect(concerned('share:999900001111', launch)).toBe(false);
    expect(concerned('since:', snapshot)).toBe(true);
  });

  it('is everyone, where it is full: then how many values there are is asked, too', () => {
    const full = sheet(ALL, ...Array.from({ length: MAX_VALUES.family }, (_, index) => `family:x${index}`));
    expect(concerned('family:p5', launch, full)).toBe(true);
  });

  it('is only who launches it, for an image', () => {
    const scope = imageScope(ACCOUNT, 'ami-nobody');
    expect(concerned('image:', launch, sheet(scope))).toBe(false);
  });

  it('is found by the resource, for a volume and for an image that nobody has named to a service', () => {
    const about = (scope: string, key: string, ...more: string[]) =>
      affectedBy(changed(key, seen(NOW - DAY), seen(NOW)), sheet(scope, key, ...more), defaultPolicy).map(
        (each) => each.about,
      );
    expect(about(volumeScope(ACCOUNT, 'vol-1'), 'snapshots:')).toEqual([{ type: 'volume', id: 'vol-1' }]);
    const image = imageScope(ACCOUNT, 'ami-1');
    expect(about(image, 'image:')).toEqual([{ type: 'image', id: 'ami-1' }]);
    expect(about(image, 'image:', 'image:planned')).toEqual([undefined]);
    expect(about(image, 'image:planned')).toEqual([undefined]);
    expect(about(image, 'image:', 'unproved:planned')).toEqual([undefined]);
    expect(about(image, 'image:', 'unproved:')).toEqual([{ type: 'image', id: 'ami-1' }]);
  });

  it('is nobody, where five others of a circle had done the same before, and nobody doubts it', () => {
    const scope = 'team#role/Render';
    const key = (member: number) => `deed:instance.launch by 1111222233${10 + member}`;
    const others = (count: number, at: number, suspect?: Suspicion): FactSheet => ({
      ...sheet(scope, `asks:${ACCOUNT} AROARENDER`),
      seen: {
        [`asks:${ACCOUNT} AROARENDER`]: seen(NOW),
        ...Object.fromEntries(Array.from({ length: count }, (_, index) => [key(index), seen(at, suspect)])),
      },
    });
    const concerned = (on: FactSheet, before?: Sighting): boolean =>
      affectedBy(changed(key(20), seen(NOW), before), on, defaultPolicy).length > 0;
    expect(concerned(others(5, NOW))).toBe(false);
    expect(concerned(others(4, NOW))).toBe(true);
    expect(concerned(others(5, NOW + 1))).toBe(true);
    expect(concerned(others(5, NOW), seen(NOW - DAY, 'finding'))).toBe(true);
    expect(concerned(others(5, NOW, 'finding'))).toBe(true);
  });

  it('is its circle all the same, when its worker may have died over five others together with it', () => {
    const launch = anActivity({
      id: '0000000c-rest',
      actor: anActor({ key: 'AROARENDER1', label: 'role/Render', class: 'automation' }),
    });
    const facts = factsOf(launch);
    const scope = 'team#role/Render';
    const { sheet: own } = learn(emptySheet(scope), facts, launch);
    const others = Object.fromEntries(
      Array.from({ length: 6 }, (_, index) => [
        `deed:instance.launch by 1111222233${10 + index}`,
        seen(NOW - DAY),
      ]),
    );
    const on = { ...sheet(scope), seen: { ...own.seen, ...others } };
    const key = `deed:instance.launch by ${ACCOUNT}`;
    const asked = (affected: ReturnType<typeof affectedBy>): boolean =>
      affected.some((each) => each.asked?.some(([, value]) => value === key));
    expect(asked(affectedBy(changed(key, sightingOf(launch)), on, defaultPolicy))).toBe(false);
    expect(asked(affectedAgain(on, launch, defaultPolicy))).toBe(true);
    expect(asked(affectedByMark(on, launch, 'finding', defaultPolicy))).toBe(true);
  });

  it('and everyone who may ask about a resource stands in its timelines, be it by an act of which a part is missing', () => {
    fc.assert(
      fc.property(activities, fc.boolean(), (activity, partial) => {
        const timelines = entriesOf(activity).map(({ subject }) => subject);
        const facts = factsOf(activity);
        const learnt = learntFrom(partial ? { ...activity, joined: 'partial' } : activity, facts);
        for (const fact of facts) {
          const keys = learnt
            .filter(({ scope }) => scope === fact.scope)
            .map(({ dimension, value }) => factKey(dimension, value));
          // somebody else's launch of the image, too
          for (const key of [factKey(fact.dimension, fact.value), factKey('image', '')])
            for (const { about } of affectedBy(
              changed(key, seen(NOW - DAY), seen(NOW)),
              sheet(fact.scope, key, ...keys),
              defaultPolicy,
            ))
              if (about)
                expect(timelines.some((each) => [timelineOf(about), usesOf(about)].includes(each))).toBe(
                  true,
                );
        }
      }),
      { numRuns: 3000 },
    );
  });
});

const isOn = (about: Resource, activity: Activity): boolean =>
  entriesOf(activity).some(({ subject }) => subject === timelineOf(about) || subject === usesOf(about));

/** Sheets after some activities, and what learning each of them was said to concern. */
function world(activities: readonly Activity[]) {
  const sheets = new Map<string, FactSheet>();
  const affected: ReturnType<typeof affectedBy> = [];
  const add = (activity: Activity, all: readonly Activity[]) => {
    const facts = factsOf(activity, peaksOf(activity, recentOf(activity, all)));
    for (const scope of new Set(facts.map(({ scope }) => scope))) {
      const { sheet, changes } = learn(sheets.get(scope) ?? emptySheet(scope), facts, activity);
      sheets.set(scope, sheet);
      affected.push(...changes.flatMap((change) => affectedBy(change, sheet, strictPolicy)));
    }
  };
  for (const activity of activities) add(activity, activities);
  affected.length = 0;
  return { sheets, affected, add };
}

function recentOf(activity: Activity, all: readonly Activity[]): readonly Activity[] {
  const own = all
    .filter(
      (each) => each.account === activity.account && subjectKey(each.actor) === subjectKey(activity.actor),
    )
    .sort((a, b) => a.at - b.at || (a.id < b.id ? -1 : 1));
  return recentBefore(own, activity, strictPolicy.timeWindow);
}

/** The same done by a dozen people with one permission set, so that somebody else has done most of it, too. */
const ofPeople = fc.tuple(activities, fc.integer({ min: 0, max: 11 })).map(([activity, number]): Activity => {
  const name = `p${number}@example.com`;
  const person = { key: name, label: name, vouched: true } as const;
  const label = 'role/AWSReservedSSO_Ops_0123456789abcdef';
  const key = `AROAOPS${activity.account.slice(0, 4)}`;
  return { ...activity, actor: { key, label, class: 'human', account: activity.account, person } };
});

/** Snapshots, and work of another kind before them, by the roles of one name in a dozen accounts. */
const ofRoles = fc
  .record({
    id: fc.uuid(),
    day: fc.integer({ min: 0, max: 40 }),
    number: fc.integer({ min: 0, max: 11 }),
    kind: fc.constantFrom('snapshot.create', 'snapshot.create', 'ingress.open'),
  })
  .map(({ id, day, number, kind }): Activity => {
    const account = `1111222233${10 + number}`;
    const actor = { key: `AROARENDER${number}`, label: 'role/Render', class: 'automation', account } as const;
    return anActivity({ id, at: NOW - day * DAY, kind, account, actor });
  });

describe.each([
  ['a late record', activities, 15, 1500],
  ['a late record of a dozen people', ofPeople, 20, 300],
  ['a late record of a dozen roles', ofRoles, 60, 1500],
] as const)('%s', (_, any, most, numRuns) => {
  it('changes no judgement of another subject but those it is said to concern', () => {
    fc.assert(
      fc.property(
        fc.uniqueArray(any, { minLength: 2, maxLength: most, selector: ({ id }) => id.slice(0, 8) }),
        (list) => {
          const [late, ...known] = list as [Activity, ...Activity[]];
          const { sheets, affected, add } = world(known);
          const judged = (each: Activity) =>
            assess(each, memoryOf(each, sheets, recentOf(each, known), strictPolicy), strictPolicy);
          const before = known.map(judged);
          add(late, list);
          for (const [index, each] of known.entries()) {
            // what its own subject did within the window is judged again anyway (`cameAfter`)
            const own = each.account === late.account && subjectKey(each.actor) === subjectKey(late.actor);
            const follows = own && Math.abs(each.at - late.at) <= strictPolicy.timeWindow;
            const concerned = affected.some(
              ({ account, prefix, from, to, asked, about }) =>
                account === each.account &&
                (about === undefined || isOn(about, each)) &&
                subjectKey(each.actor).startsWith(prefix) &&
                each.at >= from &&
                each.at <= to &&
                (asked === undefined || asked.some((value) => mayAsk(each, value))),
            );
            if (!follows && !concerned) expect(judged(each)).toEqual(before[index]);
          }
        },
      ),
      { numRuns },
    );
  });
});
