import { type Judged, type Way, waysOf } from './audit.ts';
import { type Principal, REMEDY } from './authorization.ts';
import { type Document, readDocument, sizeOf } from './documents.ts';
import { type Evaluator, evaluator } from './evaluate.ts';

/** A Deny that takes ways from a principal that nobody used; it is applied by people, if at all. */
export interface Remedy {
  readonly principal: Principal;
  /** Those that go, and no other. */
  readonly ways: readonly Way[];
  /** The policy, as IAM takes it. */
  readonly document: object;
  /** Inline, or managed where its inline policies have no room left for it. */
  readonly kind: 'inline' | 'managed';
  /** No policy of the principal has it yet, so that none is written over. */
  readonly name: string;
}

/** What is known of what a principal did. */
export interface Used {
  /** Calls such as `ec2:RunInstances` that succeeded. */
  readonly calls: ReadonlySet<string>;
  /** Whether a call would be in the records, had it been made. */
  readonly isRecorded: (call: string) => boolean;
}

/** Characters that the inline policies of one may have together, without whitespace (reference_iam-quotas). */
const ROOM = { user: 2_048, role: 10_240 };

/** Principals whose policies are their own account's to change. */
const CHANGEABLE: ReadonlySet<Principal['kind']> = new Set(['user', 'role']);

/**
 * What takes from a principal the ways that it never used: a Deny of one call of each, since a Deny needs no other policy to be known or
 * rewritten. It is judged again with it: the ways go, no other verdict changes, and no call that it made is among those denied. A way is left
 * where that cannot be had, or where no record would tell of its use.
 */
export function remedies(): (judged: Judged, used: Used) => Remedy | undefined {
  const engine = evaluator();
  const denials = new Map<string, Document>();
  const denial: Denial = (calls) => {
    const key = calls.toSorted().join();
    const known = denials.get(key);
    if (known !== undefined) return known;
    const made = readDocument(denying(calls), REMEDY);
    denials.set(key, made);
    return made;
  };
  return (judged, used) => remedyOf(engine, denial, judged, used);
}

/** A Deny of some calls; the same for the same calls, so that what it says is found out once. */
type Denial = (calls: readonly string[]) => Document;

function remedyOf(
  engine: Evaluator,
  denial: Denial,
  { principal, ways }: Judged,
  { calls, isRecorded }: Used,
): Remedy | undefined {
  if (!CHANGEABLE.has(principal.kind)) return undefined;
  const unused = ways.flatMap((way) => {
    const call = way.capability.needs.map(({ action }) => action).find((action) => action !== 'iam:PassRole');
    // a call that was made shows that the way is used, be it for another end
    const isUsed = way.capability.needs.some(({ action }) => calls.has(action));
    return call === undefined || isUsed || !isRecorded(call) ? [] : [{ way, call }];
  });
  const isProved = (some: typeof unused): boolean => takesOnly(engine, denial, principal, ways, some);
  let taken: typeof unused = [];
  // most often all of them can go together
  if (isProved(unused)) taken = unused;
  else for (const each of unused) if (isProved([...taken, each])) taken = [...taken, each];
  const gone = taken.map(({ way }) => way);
  const denied = taken.map(({ call }) => call);
  if (gone.length === 0) return undefined;
  const document = denying(denied);
  const room = ROOM[principal.kind === 'user' ? 'user' : 'role'] - principal.own.inline;
  const kind = sizeOf(document) <= room ? 'inline' : 'managed';
  return { principal, ways: gone, document, kind, name: nameFor(principal, kind) };
}

/** Names of managed policies are the account's, of inline ones the principal's. An earlier remedy stays: it denies what is listed no more. */
function nameFor({ arn, kind: sort, own }: Principal, kind: Remedy['kind']): string {
  const first = kind === 'inline' ? REMEDY : `${REMEDY}-${sort}-${arn.split('/').at(-1)}`;
  let name = first;
  for (let next = 2; own.remedies.includes(name); next++) name = `${first}-${next}`;
  return name;
}

const denying = (calls: readonly string[]): object => ({
  Version: '2012-10-17',
  Statement: [{ Sid: 'LaunchtrailUnused', Effect: 'Deny', Action: calls.toSorted(), Resource: '*' }],
});

/** Whether with the Deny these ways are gone and all others as they were. */
function takesOnly(
  engine: Evaluator,
  denial: Denial,
  principal: Principal,
  before: readonly Way[],
  taken: readonly { readonly way: Way; readonly call: string }[],
): boolean {
  const [identity, ...rest] = principal.subject.layers;
  if (identity === undefined || taken.length === 0) return false;
  const gone = new Set(taken.map(({ way }) => way));
  const documents = [...identity.documents, denial(taken.map(({ call }) => call))];
  const subject = { ...principal.subject, layers: [{ ...identity, documents }, ...rest] };
  // a Deny gives nobody a way
  const after = waysOf(
    engine,
    { subject },
    before.map(({ capability }) => capability),
  );
  const kept = before.filter((way) => !gone.has(way)).map(({ capability }) => capability.id);
  return after.map(({ capability }) => capability.id).join() === kept.join();
}
