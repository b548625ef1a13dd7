import { usesIn } from '../../app/uses.ts';
import type { Judged } from '../../core/access/audit.ts';
import type { Principal } from '../../core/access/authorization.ts';
import type { Capability } from '../../core/access/capabilities.ts';
import type { DoneOf } from '../../tell/access/row.ts';
import { openSource } from '../explain/source.ts';

/** What the history of a state file tells of those who are able. */
export interface Past {
  readonly doneOf: DoneOf;
  /** Calls that succeeded, and since when the history of the account tells, ms. */
  readonly callsOf: (principal: Principal) => {
    readonly since: number | undefined;
    readonly calls: ReadonlySet<string>;
  };
}

/** Reads a state file; the reason where it cannot be opened. */
export async function pastIn(state: string, judged: readonly Judged[]): Promise<Past | string> {
  const source = await openSource({ state });
  if (typeof source === 'string') return source;
  try {
    const able = judged.filter(({ ways }) => ways.length > 0).map(({ principal }) => principal);
    const wanted = new Set(able.flatMap(keysOf));
    const seen = new Map<string, Awaited<ReturnType<typeof usesIn>>>();
    for (const account of new Set(able.map((each) => each.account)))
      seen.set(account, await usesIn(source.history, account, Date.now(), (key) => wanted.has(key)));
    const usesOf = (principal: Principal) => {
      const found = seen.get(principal.account);
      return {
        since: found?.since,
        own: keysOf(principal).flatMap((key) => found?.uses.get(key) ?? []),
      };
    };
    return {
      callsOf: (principal) => {
        const { since, own } = usesOf(principal);
        return { since, calls: new Set(own.flatMap(({ calls }) => calls)) };
      },
      doneOf: (principal, kind) => {
        if (!(kind in ASKED)) return {};
        const { since, own } = usesOf(principal);
        const latest = (name: 'launched' | 'tried' | 'copied'): number | undefined => {
          const times = own.flatMap((each) => each[name] ?? []);
          return times.length === 0 ? undefined : Math.max(...times);
        };
        const last = latest(ASKED[kind as keyof typeof ASKED]);
        const tried = kind === 'data' ? undefined : latest('tried');
        return {
          ...(since !== undefined && { since }),
          ...(last !== undefined && { last }),
          ...(tried !== undefined && { tried }),
        };
      },
    };
  } finally {
    source.close();
  }
}

/** What of the history answers for a kind of ways; of the others it tells nothing. */
const ASKED = {
  launch: 'launched',
  'launch-through-a-service': 'launched',
  'rewrite-what-launches': 'launched',
  data: 'copied',
} as const satisfies Partial<Record<Capability['kind'], string>>;

/** What an actor's history can go by: the id, else the ARN. */
const keysOf = ({ id, arn, account, kind }: Principal): string[] =>
  kind === 'root' ? [`root@${account}`] : [id, arn].filter((key) => key !== '');
