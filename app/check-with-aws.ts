import type { Principal } from '../core/access/authorization.ts';
import { CAPABILITIES } from '../core/access/capabilities.ts';
import { evaluator, type Verdict } from '../core/access/evaluate.ts';
import { exampleOf } from '../core/access/questions.ts';

/** What AWS says of one request of a principal. */
export interface Simulated {
  readonly allowed: boolean;
  /** Whether the SCPs let it pass, where AWS says. */
  readonly allowedByScps?: boolean;
}

/** AWS's own simulator; throws what AWS refuses. */
export type Simulator = (principal: string, action: string, resource: string) => Promise<Simulated>;

/** One request, what is said here of it and what AWS says. */
export interface Compared {
  readonly principal: string;
  readonly action: string;
  readonly resource: string;
  readonly here: Verdict;
  readonly aws: Simulated;
}

/** Principals that AWS simulates: of a service-linked role or a root user it says nothing. */
const SIMULATED: ReadonlySet<Principal['kind']> = new Set(['user', 'role', 'permission-set']);

/**
 * Puts some requests, drawn at random, to AWS's simulator: one action on one resource without any key of context. Where SCPs are not
 * known here, what AWS says of them is left aside.
 *
 * @param draw a number from 0 to less than 1
 */
export async function checkWithAws(
  principals: readonly Principal[],
  count: number,
  simulate: Simulator,
  draw: () => number,
): Promise<readonly Compared[]> {
  const those = principals.filter(({ kind }) => SIMULATED.has(kind));
  const actions = [...new Set(CAPABILITIES.flatMap(({ needs }) => needs.map(({ action }) => action)))];
  const { judge } = evaluator();
  const one = <T>(list: readonly T[]): T => list[Math.floor(draw() * list.length)] as T;
  const compared: Compared[] = [];
  for (let done = 0; done < count && those.length > 0; done++) {
    const { arn, subject } = one(those);
    const action = one(actions);
    const resource = exampleOf({ ...subject, action }, draw);
    const here = judge({ ...subject, closed: true }, { action, resource });
    compared.push({ principal: arn, action, resource, here, aws: await simulate(arn, action, resource) });
  }
  return compared;
}

/** Whether the two say the same; what is not known here says nothing. */
export function isSame({ here, aws }: Compared, scpsKnown: boolean): boolean {
  if (here.answer === 'unknown' || here.answer === 'conditional') return true;
  if (!scpsKnown && aws.allowedByScps === false) return true;
  return (here.answer === 'allow') === aws.allowed;
}
