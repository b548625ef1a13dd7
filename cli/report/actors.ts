import type { HistoryStore } from '../../app/ports.ts';
import { type Activity, activityKey } from '../../core/activity/activity.ts';
import { type ActorClass, subjectKey } from '../../core/activity/actor.ts';
import { clean } from '../../core/activity/clean.ts';
import { typeName } from '../../core/activity/instance-types.ts';
import type { FindingRecord } from '../../core/findings/finding.ts';
import { DAY, subjectScope } from '../../core/history/facts.ts';
import { timelineAccounts } from '../../core/history/looking-back.ts';
import type { Actor } from '../../tell/html/model.ts';
import { callOf } from '../../tell/narrate.ts';
import { shown } from '../../tell/shown.ts';
import { keysOf, labelOf } from './details.ts';

/** Actors that get a page, those of the worst findings first. */
const MOST_ACTORS = 300;
/** Activities looked at of each, the newest. */
const MOST_ACTIVITIES = 5_000;
const MOST_ROWS = 12;
const WEEK = 7 * DAY;

const CLASSES: Readonly<Record<ActorClass, string>> = {
  human: 'a person',
  workload: 'a workload',
  automation: 'automation',
  service: 'a service of the cloud',
  root: 'the root user',
  'foreign-account': 'someone of another account',
  unknown: 'no record says who',
};

/** Who acts first in findings, and the place of each finding's among them. */
export async function actorsOf(
  history: HistoryStore,
  findings: readonly FindingRecord[],
): Promise<{ actors: Actor[]; places: ReadonlyMap<string, number> }> {
  const groups = [
    ...Map.groupBy(
      findings.filter(({ members }) => members.length > 0),
      ({ members }) => subjectScope((members[0] as { activity: Activity }).activity),
    ).values(),
  ].slice(0, MOST_ACTORS);
  const actors: Actor[] = [];
  const places = new Map<string, number>();
  for (const [place, group] of groups.entries()) {
    actors.push(await actorOf(history, group as [FindingRecord, ...FindingRecord[]]));
    for (const { id } of group) places.set(id, place);
  }
  return { actors, places };
}

async function actorOf(
  history: HistoryStore,
  findings: readonly [FindingRecord, ...FindingRecord[]],
): Promise<Actor> {
  const [first] = findings;
  const { account, actor, at } = (first.members[0] as { activity: Activity }).activity;
  const last = Math.max(...findings.map((each) => each.last));
  const stretches = timelineAccounts(account).map((each) => ({
    account: each,
    subject: subjectKey(actor),
    from: 0,
    to: last + WEEK,
    limit: MOST_ACTIVITIES,
    newestFirst: true,
  }));
  const found = (await history.stretches(stretches, at)).flat().sort((a, b) => a.at - b.at);
  const told = new Set(findings.flatMap(keysOf));
  const [hours, toldHours] = [emptyWeek(), emptyWeek()];
  for (const activity of found) {
    count(hours, activity);
    if (told.has(activityKey(activity))) count(toldHours, activity);
  }
  return {
    label: labelOf(first),
    account: clean(account, 64),
    arn: shown(actor.arn ?? actor.key, 200),
    sort: CLASSES[actor.class],
    ...(found[0] !== undefined && { since: new Date(found[0].at).toISOString() }),
    activities: found.length,
    cut: found.length >= MOST_ACTIVITIES,
    days: new Set(found.map((each) => Math.floor(each.at / DAY))).size,
    hours,
    told: toldHours,
    weeks: weeksOf(found),
    kinds: ranked(found.map(callOf)),
    types: ranked(
      found.flatMap(({ launch }) => launch?.types ?? []).map((type) => shown(typeName(type), 40)),
    ),
  };
}

const emptyWeek = (): number[] => Array.from({ length: 168 }, () => 0);

/** Monday is the first day. */
function count(week: number[], { at }: Activity): void {
  const date = new Date(at);
  const place = ((date.getUTCDay() + 6) % 7) * 24 + date.getUTCHours();
  week[place] = (week[place] ?? 0) + 1;
}

function weeksOf(found: readonly Activity[]): Actor['weeks'] {
  const [first, last] = [found[0], found.at(-1)];
  if (first === undefined || last === undefined) return { from: '', regions: [] };
  const from = Math.floor(first.at / DAY) * DAY;
  const length = Math.floor((last.at - from) / WEEK) + 1;
  const regions = new Map<string, number[]>();
  for (const { at, region } of found) {
    const counts = regions.get(region) ?? Array.from({ length }, () => 0);
    const week = Math.floor((at - from) / WEEK);
    counts[week] = (counts[week] ?? 0) + 1;
    regions.set(region, counts);
  }
  const sum = (counts: readonly number[]): number => counts.reduce((a, b) => a + b, 0);
  return {
    from: new Date(from).toISOString().slice(0, 10),
    regions: [...regions]
      .sort(([, a], [, b]) => sum(b) - sum(a))
      .slice(0, MOST_ROWS)
      .map(([region, counts]) => [clean(region, 25), counts] as const),
  };
}

function ranked(names: readonly string[]): (readonly [string, number])[] {
  const counts = new Map<string, number>();
  for (const name of names) counts.set(name, (counts.get(name) ?? 0) + 1);
  return [...counts].sort(([a, m], [b, n]) => n - m || (a < b ? -1 : 1)).slice(0, MOST_ROWS);
}
