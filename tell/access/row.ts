import type { Judged, Way } from '../../core/access/audit.ts';
import type { Principal } from '../../core/access/authorization.ts';
import type { Capability } from '../../core/access/capabilities.ts';

/** When somebody last did it, ms, as far as a history tells. */
export interface Done {
  readonly last?: number;
  /** Refused attempts, too. */
  readonly tried?: number;
  /** Since when the history of the account tells, ms; absent where there is none. */
  readonly since?: number;
}

/** One principal and one way that it has, as `--format json` writes it. */
export interface Row {
  readonly principal: string;
  readonly principalId: string;
  readonly account: string;
  readonly kind: Principal['kind'];
  readonly capability: string;
  readonly answer: Way['answer'];
  readonly because: readonly string[];
  readonly beforeScps: boolean;
  readonly passes?: Way['passes'];
  readonly lastDone?: string;
  readonly lastTried?: string;
  /** Nothing of the kind since this time. */
  readonly neverSince?: string;
}

/** What was done of a kind of ways, of a principal. */
export type DoneOf = (principal: Principal, kind: Capability['kind']) => Done;

const iso = (ms: number): string => new Date(ms).toISOString();

export function rowOf(
  { principal }: Judged,
  { capability, answer, because, passes }: Way,
  doneOf: DoneOf,
): Row {
  const { last, tried, since } = doneOf(principal, capability.kind);
  return {
    principal: principal.arn,
    principalId: principal.id,
    account: principal.account,
    kind: principal.kind,
    capability: capability.id,
    answer,
    because,
    beforeScps: !principal.scpsKnown,
    ...(passes && { passes }),
    ...(last !== undefined && { lastDone: iso(last) }),
    ...(tried !== undefined && { lastTried: iso(tried) }),
    ...(since !== undefined && last === undefined && { neverSince: iso(since) }),
  };
}

/** `last 2026-03-02`, `never since 2026-01-05, tried 2026-02-01`, or nothing where no history was asked. */
export function doneText({ last, tried, since }: Done): string {
  const day = (ms: number): string => iso(ms).slice(0, 10);
  const parts = [
    ...(last !== undefined
      ? [`last ${day(last)}`]
      : since !== undefined
        ? [`never since ${day(since)}`]
        : []),
    ...(tried !== undefined ? [`tried ${day(tried)}`] : []),
  ];
  return parts.join(', ');
}
