import { memoryDecisions } from '../../adapters/memory/decisions.ts';
import { type ConvergeDeps, convergeAgain } from '../../app/converge.ts';
import type { DecisionStore } from '../../app/ports.ts';
import { decide } from '../../app/triage.ts';
import type { Decision } from '../../core/findings/decision.ts';

/** Decides what was decided elsewhere, so that what is judged here ends as it did there. It may come before the records, or again. */
export async function takeOver(
  deps: ConvergeDeps & { readonly decisions: DecisionStore },
  decisions: readonly Decision[],
): Promise<void> {
  for (const decision of decisions)
    await decide({ ...deps, judgeAgain: (waiting) => convergeAgain(deps, waiting) }, decision);
}

/** A detector that knows what was decided elsewhere, and keeps it no longer than itself. */
export async function deciding<Deps extends ConvergeDeps>(
  deps: Deps,
  known: readonly Decision[],
): Promise<Deps & { readonly decisions: DecisionStore }> {
  const decided = { ...deps, decisions: memoryDecisions() };
  await takeOver(decided, known);
  return decided;
}
