import { endsBeside } from '../../app/ends.ts';
import type { HistoryStore } from '../../app/ports.ts';
import type { Activity } from '../../core/activity/activity.ts';
import { activityKey } from '../../core/activity/activity.ts';
import { knownMfa, subjectLabel } from '../../core/activity/actor.ts';
import { clean } from '../../core/activity/clean.ts';
import { does } from '../../core/activity/kinds.ts';
import { nameOf } from '../../core/activity/resources.ts';
import { explain } from '../../core/findings/assess.ts';
import type { Assessment, FindingRecord } from '../../core/findings/finding.ts';
import { type FactSheet, factsOf, isOf, subjectScope } from '../../core/history/facts.ts';
import type { Policy } from '../../core/policy/policy.ts';
import { isRegion, shellWord } from '../../tell/aws-ids.ts';
import { containmentOf } from '../../tell/contain/containment.ts';
import { stillThere } from '../../tell/contain/still-there.ts';
import { drawingOf } from '../../tell/drawing.ts';
import { findingTypeOf, firstSteps } from '../../tell/finding-type.ts';
import { historyText } from '../../tell/history-behind.ts';
import type { Command, Details, Habit, Happening, Phase, Reason } from '../../tell/html/model.ts';
import { from } from '../../tell/narrate.ts';
import { shown } from '../../tell/shown.ts';
import { triageNote } from '../../tell/triage.ts';
import { gather } from '../explain/gather.ts';
import { type Telling, tell } from '../explain/telling.ts';

/** Lines of a story that are kept, the worst first; the rest is counted and `explain` tells it. */
const MOST_LINES = 20;
/** Event ids named of one line: they are what zips least. */
const MOST_IDS = 4;
/** Lanes beyond these make no picture any more. */
const MOST_LANES = 14;
const MOST_VALUES = 12;
const MOST_COMMANDS = 1;

/** Tells a finding in full from what lies around it in the history. */
export async function detailsOf(
  history: HistoryStore,
  record: FindingRecord,
  policy: Policy,
  source: string,
): Promise<Details> {
  const around = await gather(history, record, policy);
  const ends = await endsBeside(history, record);
  const { telling, graph } = tell(record, around, policy, []);
  const activities = new Map(
    [...record.members.map(({ activity }) => activity), ...around.context].map((each) => [
      clean(each.id, 64),
      each,
    ]),
  );
  const kept = worstFirst(telling).slice(0, MOST_LINES);
  const story = telling.timeline.filter((line) => kept.includes(line));
  const { lanes, of } = lanesOf(story, activities);
  const habits = await habitsOf(history, record, policy);
  const drawing = drawingOf(graph);
  return {
    facts: factsAbout(record),
    lanes,
    story: story.map((line, index): Happening => {
      const activity = activities.get(line.eventIds[0] ?? '');
      return {
        ...line,
        eventIds: line.eventIds.slice(0, MOST_IDS),
        done: activity?.outcome === 'succeeded',
        lanes: of[index] ?? [],
        phase: activity === undefined ? 'reach' : phaseOf(activity),
      };
    }),
    untold: telling.timeline.length - story.length,
    reasons: reasonsOf(telling),
    ...habits,
    ...(drawing.nodes.length > 0 && { drawing }),
    notes: [...triageNote(record), ...telling.notes],
    still: stillThere(record, ends),
    steps: firstSteps(record, findingTypeOf(record, explain(record, policy).parts)),
    runbook: telling.runbook,
    containment: containmentOf(record, ends).map(({ why, account, commands, undo }) => ({
      why,
      account: clean(account, 64),
      lines: [...commands, ...(undo === undefined ? [] : [`# undo: ${undo}`])],
    })),
    commands: commandsOf(record, source),
  };
}

const worstFirst = ({ timeline }: Telling): Telling['timeline'] =>
  timeline.toSorted(
    (a, b) =>
      b.signals.length - a.signals.length ||
      Number(b.standing === 'finding') - Number(a.standing === 'finding') ||
      (a.at < b.at ? -1 : 1),
  );

/** How far a call goes, by what its kind does. */
function phaseOf({ kind }: Activity): Phase {
  if (kind === 'guardrail.disable' || does(kind, 'end') || does(kind, 'unshare') || kind === 'tag.delete')
    return 'cover';
  if (does(kind, 'share') || does(kind, 'admit') || does(kind, 'export')) return 'move';
  if (does(kind, 'open') || does(kind, 'posture')) return 'open';
  if (does(kind, 'launch') || does(kind, 'plan')) return 'launch';
  if (
    does(kind, 'copy') ||
    does(kind, 'take') ||
    does(kind, 'make') ||
    does(kind, 'reuse') ||
    does(kind, 'bring')
  )
    return 'copy';
  return 'reach';
}

/** A lane for everybody who acts, then for what they touch most, and the lanes of each line. */
function lanesOf(
  story: Telling['timeline'],
  activities: ReadonlyMap<string, Activity>,
): { lanes: Details['lanes']; of: number[][] } {
  const touched = story.map(({ eventIds }) => [
    ...new Set(
      eventIds.flatMap((id) =>
        (activities.get(id)?.links ?? [])
          .filter(({ type }) => type !== 'network-interface')
          .map((link) => `${link.type} ${shown(nameOf(link), 60)}`),
      ),
    ),
  ]);
  const people = [...new Set(story.map(({ who }) => who))].slice(0, MOST_LANES / 2);
  const times = new Map<string, number>();
  for (const name of touched.flat()) times.set(name, (times.get(name) ?? 0) + 1);
  const things = new Set(
    [...times]
      .sort(([, a], [, b]) => b - a)
      .slice(0, MOST_LANES - people.length)
      .map(([name]) => name),
  );
  const inOrder = [...new Set(touched.flat())].filter((name) => things.has(name));
  const places = new Map(
    [...people.map((who) => `who ${who}`), ...inOrder].map((name, index) => [name, index]),
  );
  return {
    lanes: [
      ...people.map((label) => ({ label, sort: 'who' as const })),
      ...inOrder.map((label) => ({ label, sort: 'thing' as const })),
    ],
    of: story.map(({ who }, index) =>
      [`who ${who}`, ...(touched[index] ?? [])].flatMap((name) => places.get(name) ?? []),
    ),
  };
}

function reasonsOf({ signals }: Telling): Reason[] {
  const ranks = new Map<string, number>();
  return signals.map(({ eventIds: _, ...reason }) => {
    const rank = ranks.get(reason.family) ?? 0;
    ranks.set(reason.family, rank + 1);
    return { ...reason, strength: Math.round(reason.strength * 100) / 100, rank };
  });
}

function factsAbout(record: FindingRecord): (readonly [string, string])[] {
  const { members, account } = record;
  const [main] = members;
  if (main === undefined) return [];
  const { actor } = main.activity;
  const mfa = knownMfa(actor);
  const behind = historyText(record);
  return [
    ['From', from(main.activity)],
    ['Principal', shown(actor.arn ?? actor.key, 200)],
    [
      'Credentials',
      `${actor.credential ?? 'unknown'}${actor.accessKey === undefined ? '' : ` ${shown(actor.accessKey, 30)}`}${mfa === undefined ? '' : `, MFA ${mfa ? 'yes' : 'NO'}`}`,
    ],
    ...(actor.account === account ? [] : [['Actor belongs to', clean(actor.account, 64)] as const]),
    ...(actor.instance === undefined ? [] : [['Credentials of', shown(actor.instance, 30)] as const]),
    ...(actor.invokedBy === undefined ? [] : [['Through', shown(actor.invokedBy, 60)] as const]),
    ...(behind === '' ? [] : [['Judged against', behind] as const]),
  ];
}

/** What a person compares: dimensions of the subject's sheet, by the word for each. */
const COMPARED = [
  ['region', 'Region'],
  ['network', 'network'],
  ['country', 'country'],
  ['hour', 'hour (UTC)'],
  ['family', 'instance family'],
  ['profile', 'instance profile'],
] as const;

async function habitsOf(
  history: HistoryStore,
  { members, start }: FindingRecord,
  policy: Policy,
): Promise<{ habits: Habit[]; days: number }> {
  const [main] = members;
  if (main === undefined) return { habits: [], days: 0 };
  const scope = subjectScope(main.activity);
  const { sheets } = await history.around([scope], [], start + policy.lineageWindow);
  const sheet = sheets.get(scope)?.value;
  const own = members.filter(({ activity }) => subjectScope(activity) === scope);
  const habits = COMPARED.flatMap(([dimension, what]): Habit[] => {
    const usual = seenBefore(sheet, dimension, start);
    const now = [...new Set(own.flatMap(({ activity }) => valuesOf(activity, scope, dimension)))].sort();
    if (now.length === 0) return [];
    const tidy = (values: readonly string[]): string[] =>
      values.slice(0, MOST_VALUES).map((each) => shown(each, 80));
    return [
      { what, now: tidy(now), fresh: tidy(now.filter((each) => !usual.includes(each))), usual: tidy(usual) },
    ];
  });
  return { habits, days: seenBefore(sheet, 'day', start).length };
}

/** Values that a call shows, whether or not it succeeded: what was tried is compared, too. */
const valuesOf = (activity: Activity, scope: string, dimension: string): string[] =>
  factsOf({ ...activity, outcome: 'succeeded' })
    .filter((fact) => fact.scope === scope && fact.dimension === dimension)
    .map(({ value }) => value);

const seenBefore = (
  sheet: FactSheet | undefined,
  dimension: (typeof COMPARED)[number][0] | 'day',
  start: number,
): string[] =>
  Object.entries(sheet?.seen ?? {})
    .filter(([key, { at }]) => isOf(key, dimension) && at < start)
    .map(([key]) => key.slice(dimension.length + 1))
    .sort();

/** Commands that look further: the finding itself, and its records where CloudTrail still has them. */
function commandsOf({ id, members }: FindingRecord, source: string): Command[] {
  const lookups = members
    .filter(({ activity: { id, region } }: Assessment) => /^[0-9a-f-]{36}$/.test(id) && isRegion(region))
    .slice(0, MOST_COMMANDS)
    .map(
      ({ activity }) =>
        `aws cloudtrail lookup-events --region ${activity.region} --lookup-attributes AttributeKey=EventId,AttributeValue=${activity.id}`,
    );
  return [
    {
      why: 'Tell it in full, with every event id',
      lines: [`launchtrail explain ${shellWord(clean(id, 128))} ${source}`],
    },
    ...(lookups.length === 0
      ? []
      : [
          {
            why: 'Read the records themselves; CloudTrail keeps them for 90 days',
            account: clean(members[0]?.activity.account, 64),
            lines: lookups,
          },
        ]),
  ];
}

/** Whom a finding is about, as `launchtrail` names them. */
export const labelOf = ({ members, subject }: FindingRecord): string =>
  shown(members[0] === undefined ? subject : subjectLabel(members[0].activity.actor), 120);

/** Keys of the records of a finding. */
export const keysOf = ({ members }: FindingRecord): string[] =>
  members.map(({ activity }) => activityKey(activity));
