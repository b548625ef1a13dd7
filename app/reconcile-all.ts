import type { Looked, Target } from './reconcile.ts';

/** Regions looked at at a time: each has limits of its own at AWS, and a page of one is a few hundred kB. */
const AT_ONCE = 8;

/** What came of one Region: a look, or why there was none. */
export type LookedAt = Target & ({ readonly looked: Looked } | { readonly error: string });

/** Looks at all Regions, some at a time, those first that come first. One that fails holds up no other. */
export async function reconcileAll(
  targets: readonly Target[],
  look: (target: Target) => Promise<Looked>,
  isLate: () => boolean,
): Promise<LookedAt[]> {
  const waiting = [...targets];
  const results: LookedAt[] = [];
  const work = async (): Promise<void> => {
    for (let target = waiting.shift(); target !== undefined; target = waiting.shift()) {
      if (isLate()) return;
      const { account, region } = target;
      try {
        results.push({ account, region, looked: await look(target) });
      } catch (error) {
        results.push({ account, region, error: String(error) });
      }
    }
  };
  await Promise.all(Array.from({ length: AT_ONCE }, work));
  return results;
}
