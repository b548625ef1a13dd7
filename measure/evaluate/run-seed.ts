import { memoryHistory } from '../../adapters/memory/history.ts';
import { memoryVerdicts } from '../../adapters/memory/verdicts.ts';
import { type DetectDeps, detect } from '../../app/detect.ts';
import { findingsIn } from '../../app/findings-in.ts';
import { explain } from '../../core/findings/assess.ts';
import type { FindingRecord } from '../../core/findings/finding.ts';
import { atLeast, type Severity } from '../../core/findings/severity.ts';
import { DAY } from '../../core/history/facts.ts';
import { defaultPolicy, type Policy } from '../../core/policy/policy.ts';
import { fromCloudTrail } from '../../core/records/cloudtrail/cloudtrail.ts';
import { ATTACK_NAMES, type AttackName } from '../../simulate/attacks/catalogue.ts';
import type { Delivery } from '../../simulate/defects.ts';
import { type Label, type Organisation, organisation } from '../../simulate/organisation.ts';

/** One generated organisation and how much of it there is. */
export interface Size {
  readonly accounts: number;
  readonly days: number;
}

/** What became of one attack. */
export interface AttackResult {
  readonly attack: AttackName;
  readonly account: string;
  readonly expected: Severity;
  /** Worst finding at the end that holds one of its records. */
  readonly found?: Severity;
  readonly score: number;
  /** Its records that are judged; reads and other calls that nobody watches are not. */
  readonly watched: number;
  /** How many of these had arrived when a finding was first MEDIUM, and first as severe as expected. */
  readonly untilMedium?: number;
  readonly untilExpected?: number;
  /** The worst finding holds benign records, too. */
  readonly mixed: boolean;
  readonly signals: readonly string[];
}

/** An open finding that holds no record of an attack. */
export interface NeedlessFinding {
  readonly id: string;
  readonly severity: Severity;
  readonly score: number;
  /** Day of its first record, counted from 0. */
  readonly day: number;
  /** Its last record lies behind the learning period. */
  readonly counts: boolean;
  /** Routines of the generator that wrote its records. */
  readonly routines: readonly string[];
  readonly signals: readonly string[];
}

export interface SeedResult extends Size {
  readonly seed: number;
  readonly learningDays: number;
  readonly judged: number;
  readonly attacks: readonly AttackResult[];
  readonly needless: readonly NeedlessFinding[];
  /** Findings after the learning period that hold a record of an attack. */
  readonly deserved: readonly Severity[];
}

/** Benign records judged in one go. */
const BATCH = 100;

/** As a deployment would set it: its accounts named and its data classified, nothing else. */
function policyFor(accounts: readonly string[], base: Policy = defaultPolicy): Policy {
  return {
    ...base,
    organisation: { ...base.organisation, accounts: [...accounts] },
    volumeSensitivity: { ...base.volumeSensitivity, tags: { 'data-classification': ['restricted'] } },
  };
}

/**
 * Judges a generated organisation with every attack hidden in it, in order of time, and compares the findings with the
 * labels. After each watched record of an attack the findings are looked at, which gives the time to detection.
 *
 * @throws when a record cannot be judged
 */
export async function runSeed(
  seed: number,
  { accounts, days }: Size,
  base: Policy = defaultPolicy,
): Promise<SeedResult & { findings: readonly FindingRecord[] }> {
  // calls that nobody watches are skipped by the detector, so they would only cost time
  const made = organisation({ seed, accounts, days, noise: 0, attacks: ATTACK_NAMES });
  const policy = policyFor(
    made.accounts.map(({ id }) => id),
    base,
  );
  const deps = { history: memoryHistory(), verdicts: memoryVerdicts(), policy };
  const watches = made.labels.map(watchOver);
  const routines = new Map<string, string>();
  const start = await judgeAll(deps, made, watches, routines);

  const findings = await findingsIn(deps.verdicts, policy);
  const learnt = start + policy.learning.period;
  const hostile = new Set(made.labels.flatMap(({ eventIDs }) => eventIDs));
  const isHostile = ({ members }: FindingRecord): boolean =>
    members.some(({ activity }) => hostile.has(activity.id));
  return {
    seed,
    accounts,
    days,
    learningDays: policy.learning.period / DAY,
    judged: routines.size + watches.reduce((sum, { seen }) => sum + seen, 0),
    attacks: watches.map((watch) => resultOf(watch, findings, policy)),
    needless: findings
      .filter((finding) => !isHostile(finding))
      .map((finding) => needlessOf(finding, { start, learnt, routines, policy })),
    deserved: findings
      .filter((finding) => isHostile(finding) && finding.last >= learnt)
      .map(({ severity }) => severity),
    findings,
  };
}

interface Watch {
  readonly label: Label;
  readonly ids: ReadonlySet<string>;
  seen: number;
  untilMedium?: number;
  untilExpected?: number;
}

const watchOver = (label: Label): Watch => ({ label, ids: new Set(label.eventIDs), seen: 0 });

/** Judges everything in order; returns the time of the first record, ms. */
async function judgeAll(
  deps: DetectDeps,
  made: Organisation,
  watches: readonly Watch[],
  routines: Map<string, string>,
): Promise<number> {
  let start = Number.POSITIVE_INFINITY;
  let batch: Delivery[] = [];
  const flush = async (): Promise<void> => {
    for (const outcome of await detect(
      deps,
      batch.map(({ record }) => record),
    )) {
      if (outcome.status === 'failed') throw new Error(outcome.error);
    }
    batch = [];
  };
  for (const delivery of made.deliveries()) {
    const { record } = delivery;
    if (!fromCloudTrail(record).ok) continue;
    start = Math.min(start, Date.parse(record.eventTime));
    batch.push(delivery);
    const watch = watches.find(({ ids }) => ids.has(record.eventID));
    if (watch === undefined) {
      routines.set(record.eventID, delivery.routine);
      if (batch.length >= BATCH) await flush();
      continue;
    }
    await flush();
    watch.seen += 1;
    const { severity } = await worstOf(deps, watch);
    if (atLeast(severity, 'medium')) watch.untilMedium ??= watch.seen;
    if (atLeast(severity, watch.label.expected)) watch.untilExpected ??= watch.seen;
  }
  await flush();
  return start;
}

async function worstOf({ verdicts, policy }: DetectDeps, { ids }: Watch): Promise<{ severity?: Severity }> {
  let worst: FindingRecord | undefined;
  for (const finding of await findingsIn(verdicts, policy)) {
    if (finding.score > (worst?.score ?? 0) && finding.members.some(({ activity }) => ids.has(activity.id)))
      worst = finding;
  }
  return worst ?? {};
}

function resultOf(
  { label, ids, seen, untilMedium, untilExpected }: Watch,
  findings: readonly FindingRecord[],
  policy: Policy,
): AttackResult {
  const own = findings
    .filter(({ members }) => members.some(({ activity }) => ids.has(activity.id)))
    .sort((a, b) => b.score - a.score);
  const worst = own[0];
  return {
    attack: label.attack,
    account: label.account,
    expected: label.expected,
    ...(worst && { found: worst.severity }),
    score: worst?.score ?? 0,
    watched: seen,
    ...(untilMedium !== undefined && { untilMedium }),
    ...(untilExpected !== undefined && { untilExpected }),
    mixed: worst?.members.some(({ activity }) => !ids.has(activity.id)) ?? false,
    signals: worst === undefined ? [] : signalsOf(worst, policy),
  };
}

function needlessOf(
  finding: FindingRecord,
  {
    start,
    learnt,
    routines,
    policy,
  }: {
    readonly start: number;
    readonly learnt: number;
    readonly routines: ReadonlyMap<string, string>;
    readonly policy: Policy;
  },
): NeedlessFinding {
  const wrote = finding.members.map(({ activity }) => routines.get(activity.id) ?? 'unknown');
  return {
    id: finding.id,
    severity: finding.severity,
    score: finding.score,
    day: Math.floor((finding.start - start) / DAY),
    counts: finding.last >= learnt,
    routines: [...new Set(wrote)].sort(),
    signals: signalsOf(finding, policy),
  };
}

const signalsOf = (finding: FindingRecord, policy: Policy): string[] =>
  explain(finding, policy).parts.map(({ signal }) => signal);
