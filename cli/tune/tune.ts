import type { Activity } from '../../core/activity/activity.ts';
import type { Decision } from '../../core/findings/decision.ts';
import type { FindingRecord } from '../../core/findings/finding.ts';
import { atLeast, type Severity } from '../../core/findings/severity.ts';
import type { Policy } from '../../core/policy/policy.ts';
import type { AttackName } from '../../simulate/attacks/catalogue.ts';
import type { Attacks, TakenOver } from './attacks.ts';
import { KINDS } from './candidates.ts';
import { decidedOf } from './decisions.ts';
import { type Candidate, SUPPORT } from './material.ts';
import { heardAs, isHeard, keysOf, loudest, type Trial, type TryPolicy } from './trial.ts';

/** A change that was tried, and what it would do. */
export interface Tried {
  readonly candidate: Candidate;
  /** Needless findings that it silences, beyond those that changes before it did. */
  readonly silenced: readonly FindingRecord[];
  /** Findings that nobody decided about, and that it silences as well. */
  readonly others: readonly FindingRecord[];
  /** Of an exception: what would be left of simulated attacks if whom it names were the attacker. */
  readonly takenOver: TakenOver;
  /** Why it is not proposed; absent where it is. */
  readonly refused?: string;
}

export interface Tuned {
  readonly before: Policy;
  readonly after: Policy;
  readonly proposed: readonly Tried[];
  readonly refused: readonly Tried[];
  /** Needless findings of MEDIUM or worse that people hear of. */
  readonly needless: { readonly decided: number; readonly before: number; readonly after: number };
  readonly confirmed: number;
  /** Decisions that are about nothing that was found. */
  readonly unmatched: number;
  /** Simulated attacks, and those that are less severe than expected before and after. */
  readonly attacks: {
    readonly count: number;
    readonly before: readonly AttackName[];
    readonly after: readonly AttackName[];
  };
}

/** Candidates that are tried: each of some kinds has everything judged anew. */
const MOST_TRIED = 60;

/**
 * The narrowest changes of a policy by which what was decided to be needless would not have been heard of.
 *
 * Each is tried on top of those before it. It is proposed where it silences at least `SUPPORT` needless findings, leaves every confirmed one as
 * severe as it was, makes nothing else heard, and leaves every simulated attack as severe as it is expected to be. Of an exception it is
 * said, too, what would be left of these attacks if the one that it names were the attacker: that is what it costs.
 */
export async function tune(
  activities: readonly Activity[],
  attempt: TryPolicy,
  {
    policy,
    decisions,
    owner,
    attacks,
    onTry,
  }: {
    readonly policy: Policy;
    readonly decisions: readonly Decision[];
    readonly owner: string;
    readonly attacks: Attacks;
    /** Is told what is tried next. */
    readonly onTry?: (what: string) => void;
  },
): Promise<Tuned> {
  const first = await attempt(policy);
  const decided = decidedOf(first.findings, decisions);
  const needless = decided.needless.filter((finding) => isHeard(heardAs(finding, policy)));
  const confirmed = decided.confirmed.map((finding) => ({
    keys: keysOf(finding),
    severity: heardAs(finding, policy),
  }));
  const known = new Set([...decided.needless, ...decided.confirmed]);
  const open = first.findings.filter((finding) => !known.has(finding) && isHeard(heardAs(finding, policy)));
  const missedBefore = await attacks.missed(policy);

  const seen = new Set(activities.map(({ account }) => account));
  let standing = first;
  let left = needless;
  const proposed: Tried[] = [];
  const refused: Tried[] = [];
  const isTried = new Set<string>();
  for (const kind of KINDS) {
    // of what each leaves over others are made
    for (;;) {
      const [candidate] = kind({
        policy: standing.policy,
        needless: left,
        confirmed: decided.confirmed,
        seen,
        owner,
      }).filter(({ what }) => !isTried.has(what));
      if (candidate === undefined || isTried.size >= MOST_TRIED) break;
      isTried.add(candidate.what);
      onTry?.(candidate.what);
      const next = await attempt(candidate.apply(standing.policy));
      const heard = loudest(next);
      const isSilenced = (finding: FindingRecord): boolean => !isHeard(heard(keysOf(finding)));
      const silenced = left.filter(isSilenced);
      if (silenced.length < SUPPORT) continue;
      const tried: Tried = {
        ...{ candidate, silenced, others: open.filter(isSilenced) },
        takenOver:
          candidate.kind === 'exception'
            ? await attacks.takenOver(onlyNew(next.policy, standing.policy))
            : NOBODY,
      };
      const problem =
        lostOf(confirmed, heard) ??
        appearedIn(next, standing) ??
        (await weaker(attacks, next.policy, missedBefore));
      if (problem !== undefined) {
        refused.push({ ...tried, refused: problem });
        continue;
      }
      proposed.push(tried);
      standing = next;
      left = left.filter((finding) => !silenced.includes(finding));
    }
  }
  return {
    ...{ before: policy, after: standing.policy, proposed, refused },
    needless: { decided: decided.needless.length, before: needless.length, after: left.length },
    confirmed: confirmed.length,
    unmatched: decided.unmatched,
    attacks: { count: attacks.count, before: missedBefore, after: await attacks.missed(standing.policy) },
  };
}

const NOBODY: TakenOver = { less: [], unheard: [] };

/** A policy with the suppressions alone that the one before did not have: what was excepted before is not asked about again. */
const onlyNew = (policy: Policy, before: Policy): Policy => ({
  ...policy,
  suppressions: policy.suppressions.filter((each) => !before.suppressions.includes(each)),
});

/** Why a change is refused for what was confirmed. */
function lostOf(
  confirmed: readonly { readonly keys: readonly string[]; readonly severity: Severity | undefined }[],
  heard: ReturnType<typeof loudest>,
): string | undefined {
  const lost = confirmed.filter(
    ({ keys, severity }) => severity !== undefined && !atLeast(heard(keys), severity),
  );
  return lost.length === 0 ? undefined : `${counted(lost.length, 'confirmed finding')} would be less severe`;
}

/** Why a change is refused for what it would make heard: a network or account that is ours may make others stand out. */
function appearedIn(next: Trial, before: Trial): string | undefined {
  const heard = loudest(before);
  const news = next.findings.filter(
    (finding) => isHeard(heardAs(finding, next.policy)) && !isHeard(heard(keysOf(finding))),
  );
  return news.length === 0 ? undefined : `${counted(news.length, 'other finding')} would be heard instead`;
}

async function weaker(
  attacks: Attacks,
  policy: Policy,
  before: readonly AttackName[],
): Promise<string | undefined> {
  const lost = (await attacks.missed(policy)).filter((attack) => !before.includes(attack));
  return lost.length === 0 ? undefined : `${named(lost)} would be less severe than expected`;
}

const named = (attacks: readonly AttackName[]): string => `the simulated ${attacks.join(', ')}`;
const counted = (count: number, what: string): string => `${count} ${what}${count === 1 ? '' : 's'}`;
