import { type Activity, copyKey, placeKey } from '../core/activity/activity.ts';
import {
  type Covered,
  type Decision,
  decidedByPlace,
  decidedOf,
  isCleared,
  isCondemned,
  lastDecided,
} from '../core/findings/decision.ts';
import type { Assessment, FindingRecord } from '../core/findings/finding.ts';
import { isFollower } from '../core/findings/sessions.ts';
import { isTold } from '../core/findings/stories.ts';
import { actorScope } from '../core/history/facts.ts';
import type { Policy } from '../core/policy/policy.ts';
import { placeOf } from './place.ts';
import type { DecisionStore, VerdictStore } from './ports.ts';
import type { Reopening } from './reopening.ts';

export interface TriageDeps {
  readonly decisions: Pick<DecisionStore, 'keep'>;
  readonly verdicts: Pick<VerdictStore, 'at' | 'save'>;
  /** Has what a decision concerns judged again, at once or by a queue. */
  readonly judgeAgain: (waiting: readonly Reopening[]) => Promise<void>;
}

/** Verdicts that are noted in at a time. */
const AT_ONCE = 25;
/** So often in a row another worker is first with the same verdict only where something is wrong. */
const MAX_TRIES = 20;

/**
 * Keeps what a person has decided, notes it in the verdicts that it covers, and has these judged again: how suspect what they were the
 * first to show is may be another now.
 *
 * Each step can be repeated. Whoever fails half way does all of it again with the same decision.
 */
export async function decide(deps: TriageDeps, decision: Decision): Promise<void> {
  await deps.decisions.keep(decision);
  await applyDecision(deps, decision);
}

/** The same for a decision that is kept already. */
export async function applyDecision(
  { verdicts, judgeAgain }: Omit<TriageDeps, 'decisions'>,
  decision: Decision,
): Promise<void> {
  const { records } = decision;
  for (let from = 0; from < records.length; from += AT_ONCE)
    await noteIn(verdicts, records.slice(from, from + AT_ONCE), decision);
  await judgeAgain(reopeningsOf(records));
}

/** Notes a decision in verdicts, unless a later one is noted there. */
async function noteIn(
  verdicts: TriageDeps['verdicts'],
  records: readonly Covered[],
  decision: Decision,
): Promise<void> {
  let left = records;
  for (let tries = 0; left.length > 0; tries += 1) {
    if (tries >= MAX_TRIES) throw new Error(`verdict ${left[0]?.id} is being changed by others all the time`);
    const stored = new Map(
      (await verdicts.at(left)).map((each) => [placeKey(placeOf(each.value.activity)), each]),
    );
    const done = await Promise.all(
      left.map(async (record) => {
        const { value, version } = stored.get(placeKey(record)) ?? { value: unjudged(record), version: 0 };
        const decided = lastDecided(value.decided, decidedOf(decision));
        if (decided.id === value.decided?.id) return true;
        return verdicts.save({ ...value, decided }, version, value);
      }),
    );
    left = left.filter((_, index) => !done[index]);
  }
}

/**
 * Stands in the place of a verdict where a decision comes before its record, as when records are read anew: it says nothing against
 * it, and whoever judges the record finds what was decided.
 */
const unjudged = ({ account, subject, at, id }: Covered): Assessment => ({
  activity: {
    ...{ id, at, account, region: '', kind: 'instance.launch', action: '', outcome: 'failed', links: [] },
    actor: { key: subject, label: '', class: 'workload', account },
    origin: { agent: '', console: false },
  } satisfies Activity,
  evidence: [],
  score: 0,
});

/** What is to be judged again for some records: the time of their subjects that they span. */
function reopeningsOf(records: readonly Covered[]): Reopening[] {
  const groups = Map.groupBy(records, ({ account, subject }) => actorScope(account, subject));
  return [...groups.values()].map((own): Reopening => {
    const { account, subject } = own[0] as Covered;
    const times = own.map(({ at }) => at);
    return { kind: 'subjects', account, prefix: subject, from: Math.min(...times), to: Math.max(...times) };
  });
}

/**
 * Decisions of which it is not certain that all that they concern has been judged again, because whoever decided died half way: one is
 * not noted in a verdict that it covers, or the verdict's mark is not yet what it asks for.
 */
export function unfinished(
  decisions: readonly Decision[],
  verdicts: readonly Assessment[],
  policy: Policy,
): Decision[] {
  const last = decidedByPlace(decisions);
  const left = new Set(
    verdicts.flatMap((verdict) => {
      const { activity, decided, suspect } = verdict;
      const wanted = last.get(copyKey(activity));
      if (wanted === undefined) return [];
      if (decided?.id !== wanted.id) return [wanted.id];
      // what only follows a change bears the mark of that, and what is not told bears none
      if (isFollower(verdict) || !isTold(verdict, policy)) return [];
      const isMarked = isCondemned(wanted)
        ? suspect === 'confirmed'
        : !isCleared(wanted) || suspect === undefined;
      return isMarked ? [] : [wanted.id];
    }),
  );
  return decisions.filter(({ id }) => left.has(id));
}

/** Findings with who decided about them last, and why. */
export async function withNotes(
  findings: readonly FindingRecord[],
  decisions: Pick<DecisionStore, 'at'> | undefined,
): Promise<FindingRecord[]> {
  const wanted = new Map(
    findings.flatMap(({ triage }): [string, number][] => (triage ? [[triage.decision, triage.at]] : [])),
  );
  if (decisions === undefined || wanted.size === 0) return [...findings];
  const found = await decisions.at([...wanted].map(([id, at]) => ({ id, at })));
  const known = new Map(found.map((decision) => [decision.id, decision]));
  return findings.map((finding) => {
    const decision = known.get(finding.triage?.decision ?? '');
    if (finding.triage === undefined || decision === undefined) return finding;
    const { by, note } = decision;
    return { ...finding, triage: { ...finding.triage, by: by.name, ...(note !== undefined && { note }) } };
  });
}
