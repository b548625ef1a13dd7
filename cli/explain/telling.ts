import type { Activity } from '../../core/activity/activity.ts';
import { subjectLabel } from '../../core/activity/actor.ts';
import { clean } from '../../core/activity/clean.ts';
import { explain, scoreOf } from '../../core/findings/assess.ts';
import { type Assessment, type FindingRecord, inSequence } from '../../core/findings/finding.ts';
import { type Severity, weightOf } from '../../core/findings/severity.ts';
import type { Policy } from '../../core/policy/policy.ts';
import type { SignalId } from '../../core/policy/weights.ts';
import type { Family } from '../../core/signals/signal.ts';
import { findingTypeOf, runbookOf } from '../../tell/finding-type.ts';
import { lineageGraph, standingIn } from '../../tell/graph.ts';
import { headline } from '../../tell/headline.ts';
import { historyText } from '../../tell/history-behind.ts';
import type { LineageGraph, Standing } from '../../tell/lineage-graph.ts';
import { nodeTitle } from '../../tell/lineage-labels.ts';
import { callOf, from, narrate } from '../../tell/narrate.ts';
import { shown } from '../../tell/shown.ts';
import { suppressedBy } from '../../tell/suppression.ts';
import { triageLine } from '../../tell/triage.ts';
import type { Around } from './gather.ts';

/** One line of what happened; times in ISO 8601, everything from records cleaned. */
export interface Happening {
  readonly at: string;
  /** Of the last of several alike. */
  readonly until?: string;
  readonly times: number;
  readonly account: string;
  readonly region: string;
  readonly who: string;
  readonly from: string;
  readonly what: string;
  /** Signals shown, strongest first: why it matters. */
  readonly signals: readonly SignalId[];
  /** Anything but `finding` is no member, but members rest on it or it carries them on. */
  readonly standing: Standing;
  readonly eventIds: readonly string[];
}

/** One signal's part of the score. */
export interface Reason {
  readonly signal: SignalId;
  readonly family: Family;
  readonly points: number;
  readonly weight: number;
  readonly strength: number;
  readonly reason: string;
  /** Rests only on never having seen something before. */
  readonly novelty: boolean;
  readonly times: number;
  readonly eventIds: readonly string[];
}

/** One step of the data's way: `to` from `from`. */
export interface DataStep {
  readonly at: string;
  readonly to: string;
  readonly from: string;
  readonly action: string;
  readonly who: string;
  readonly times: number;
  readonly standing: Standing;
}

/** A finding told in full, the same for text and JSON. */
export interface Telling {
  readonly id: string;
  readonly status: FindingRecord['status'];
  readonly title: string;
  readonly severity: Severity;
  readonly score: number;
  readonly account: string;
  readonly start: string;
  readonly end: string;
  readonly who: readonly string[];
  readonly from: readonly string[];
  readonly timeline: readonly Happening[];
  readonly signals: readonly Reason[];
  readonly data: readonly DataStep[];
  /** Where it stands with the people who look after it; absent until somebody has decided. */
  readonly triage?: string;
  readonly notes: readonly string[];
  /** How much history it was judged against; empty where nothing is known of it. */
  readonly history: string;
  readonly runbook: string;
}

const iso = (at: number): string => new Date(at).toISOString();
const distinct = (texts: readonly string[]): string[] => [...new Set(texts)];

/** Tells a finding from its record and what lies around it in the history. */
export function tell(
  record: FindingRecord,
  around: Around,
  policy: Policy,
  pointers: readonly string[],
): { telling: Telling; graph: LineageGraph } {
  const { members } = record;
  const { score, parts, capped } = explain(record, policy);
  const type = findingTypeOf(record, parts);
  const novel = new Set(
    members.flatMap(({ evidence }) => evidence.filter(({ novelty }) => novelty).map(({ signal }) => signal)),
  );
  const graph = lineageGraph(members, around.context);
  const closed = record.status !== 'open';
  const telling: Telling = {
    id: clean(record.id, 128),
    status: record.status,
    title: closed ? `Closed finding (${record.status})` : headline(record, type),
    severity: record.severity,
    score: closed ? record.score : score,
    account: shown(record.account, 64),
    start: iso(record.start),
    end: iso(record.last),
    who: distinct(members.map(({ activity }) => whoOf(activity))),
    from: distinct(members.map(({ activity }) => from(activity))),
    timeline: timelineOf(members, around.context),
    signals: parts.map(
      ({ signal, family, points, strength, reason, times, activityIds }): Reason => ({
        signal,
        family,
        points,
        weight: weightOf(policy, signal),
        strength,
        reason: shown(reason, 600),
        novelty: novel.has(signal),
        times,
        eventIds: activityIds.map((id) => clean(id, 64)),
      }),
    ),
    data: dataOf(graph),
    ...(record.triage && { triage: triageLine(record.triage) }),
    notes: [...pointers, ...notesOf(record, { around, graph, policy, capped })],
    history: historyText(record),
    runbook: runbookOf(type),
  };
  return { telling, graph };
}

const whoOf = ({ actor }: Activity): string => shown(subjectLabel(actor), 120);

/** Members and context in order of time; calls that differ only in time and id become one line. */
function timelineOf(members: readonly Assessment[], context: readonly Activity[]): Happening[] {
  const all: Assessment[] = [
    ...members,
    ...context.map((activity): Assessment => ({ activity, evidence: [], score: 0 })),
  ];
  const standing = standingIn(members);
  const groups = Map.groupBy(all.toSorted(inSequence), ({ activity, evidence }) =>
    JSON.stringify([
      activity.account,
      activity.region,
      whoOf(activity),
      from(activity),
      narrate(activity),
      evidence.map(({ signal }) => signal),
      standing(activity),
    ]),
  );
  return [...groups.values()].flatMap((group): Happening[] => {
    const [first] = group;
    const last = group.at(-1);
    if (first === undefined || last === undefined) return [];
    const { activity } = first;
    return [
      {
        at: iso(activity.at),
        ...(group.length > 1 && { until: iso(last.activity.at) }),
        times: group.length,
        account: shown(activity.account, 64),
        region: shown(activity.region, 25),
        who: whoOf(activity),
        from: from(activity),
        what: narrate(activity),
        signals: first.evidence
          .toSorted((a, b) => b.strength - a.strength || (a.signal < b.signal ? -1 : 1))
          .map(({ signal }) => signal),
        standing: standing(activity),
        eventIds: group.map(({ activity: { id } }) => clean(id, 64)),
      },
    ];
  });
}

/** The way of the data, access and openings, oldest first. */
function dataOf(graph: LineageGraph): DataStep[] {
  const titles = new Map(graph.nodes.map((node) => [node.key, nodeTitle(node)]));
  return graph.edges.flatMap((edge): DataStep[] => {
    const [first] = edge.activities;
    if (first === undefined) return [];
    return [
      {
        at: iso(first.at),
        to: titles.get(edge.to) ?? '',
        from: titles.get(edge.from) ?? '',
        action: callOf(first),
        who: whoOf(first),
        times: edge.activities.length,
        standing: edge.standing,
      },
    ];
  });
}

interface Noted {
  readonly around: Around;
  readonly graph: LineageGraph;
  readonly policy: Policy;
  readonly capped: boolean;
}

/** Whether a record was judged with other weights than those of the policy given. */
const isOtherwiseScored = (member: Assessment, policy: Policy): boolean =>
  member.evidence.length > 0 && scoreOf([member], policy).score !== member.score;

/** What one must know to trust the rest: learning, suppression, another policy, what is missing. */
function notesOf(record: FindingRecord, { around, graph, policy, capped }: Noted): string[] {
  if (record.status !== 'open') return [];
  const { members } = record;
  const notes: string[] = [];
  if (!members.some(({ activity }) => activity.outcome === 'succeeded')) {
    notes.push('no attempt succeeded: nothing was made, changed or shared');
  }
  const learning = members.filter((member) => member.learning).length;
  if (learning > 0) {
    notes.push(
      `learning: the account was not known well yet at ${learning} of ${members.length} records, so what is unusual in it is partly guesswork`,
    );
  }
  if (capped) {
    notes.push(
      `held ${record.severity === 'low' ? 'at LOW' : 'down'}: while an account is learnt, what is only compared with the past may not lift a score above LOW`,
    );
  }
  for (const { reason, owner, expires } of suppressedBy(record, policy)) {
    notes.push(
      `suppressed by the policy until ${expires} (${clean(reason, 200)}; ${clean(owner, 80)}): kept and counted, not sent to people`,
    );
  }
  const other = members.find((member) => isOtherwiseScored(member, policy));
  if (other !== undefined) {
    notes.push(
      `record ${clean(other.activity.id, 64)} was scored ${other.score.toFixed(1)} when it was judged; the parts here are those of the policy given now. Name the policy it was judged with by --policy`,
    );
  }
  if (record.truncated)
    notes.push('more activity belongs to it than a finding keeps: look in CloudTrail itself');
  const bare = members.filter(({ evidence, score: own }) => evidence.length === 0 && own > 0).length;
  if (bare > 0) notes.push(`${bare} records of this large finding no longer carry their evidence`);
  if (around.lost > 0)
    notes.push(`${around.lost} records that the evidence refers to are not in this history`);
  if (graph.omitted > 0) notes.push(`${graph.omitted} resources more are not listed or drawn`);
  return notes;
}
