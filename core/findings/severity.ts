import type { Policy } from '../policy/policy.ts';
import { type SignalId, WEIGHTS } from '../policy/weights.ts';

/** Weight of a signal, 0..1: the policy's, else the built-in; 0 where the policy turns it off. */
export function weightOf(policy: Policy, signal: SignalId): number {
  if (policy.signals.off.includes(signal)) return 0;
  return policy.signals.weights[signal] ?? WEIGHTS[signal];
}

export const SEVERITIES = ['low', 'medium', 'high', 'critical'] as const;
export type Severity = (typeof SEVERITIES)[number];

/** Severity of a score, or undefined below LOW. */
export function severityOf(policy: Policy, score: number): Severity | undefined {
  return SEVERITIES.findLast((severity) => score >= policy.severity[severity]);
}

/** Whether a severity is another or worse; none at all is below LOW. */
export const atLeast = (severity: Severity | undefined, least: Severity): boolean =>
  severity !== undefined && SEVERITIES.indexOf(severity) >= SEVERITIES.indexOf(least);
