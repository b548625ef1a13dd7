import { dequal } from 'dequal/lite';
import type { Assessment } from '../core/findings/finding.ts';

/** A verdict as it was, if there was one, and as it was left by one write. */
export interface VerdictChange {
  readonly before?: Assessment;
  readonly after: Assessment;
}

export type Done = { readonly ok: true } | { readonly ok: false; readonly error: Error };

/** Whether a change says anything new: how what an activity was the first to show is marked is the detector's own note. */
export function isNews({ before, after }: VerdictChange): boolean {
  if (before === undefined) return true;
  const { suspect: _, ...was } = before;
  const { suspect: __, ...is } = after;
  return !dequal(was, is);
}

/** Runs one piece of work and keeps its failure as data, so that the others are still tried. */
export async function attempt(work: () => Promise<void>): Promise<Done> {
  try {
    await work();
    return { ok: true };
  } catch (error) {
    return { ok: false, error: error instanceof Error ? error : new Error(String(error)) };
  }
}
