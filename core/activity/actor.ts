/** What sort of principal is answerable; `unknown` where no record says who, as of what was only seen later. */
export type ActorClass =
  | 'human'
  | 'workload'
  | 'automation'
  | 'service'
  | 'root'
  | 'foreign-account'
  | 'unknown';

/** A person behind a role. */
export interface Person {
  readonly key: string;
  readonly label: string;
  /** The cloud's own sign-in names the person, the same in every account; nobody who calls can choose the name. */
  readonly vouched?: true;
}

/** Who is answerable for an activity. */
export interface Actor {
  /** Stable across sessions: the principal id of a user or role, never a session ARN. */
  readonly key: string;
  /** What a person would call it, e.g. `role/Deploy` or `user/alice`. */
  readonly label: string;
  readonly class: ActorClass;
  /** Account that the credentials belong to. */
  readonly account: string;
  /** ARN of the user or role (never of the session), when known. */
  readonly arn?: string;
  /** The person behind a shared role (Identity Center user, source identity): a second key under the role. */
  readonly person?: Person;
  /** `long-lived` for AKIA keys, `temporary` for sessions. */
  readonly credential?: 'long-lived' | 'temporary';
  readonly accessKey?: string;
  /** Name under which rights are given to it, where records of it and of such gifts have one in common. */
  readonly identity?: string;
  /** Whether the session says it was opened with MFA. */
  readonly mfa?: boolean;
  /** Instance whose own credentials these are. */
  readonly instance?: string;
  /** Service that made the call on the actor's behalf; not a proof of innocence. */
  readonly invokedBy?: string;
}

/**
 * Whether MFA was used, as far as the record can know: of users and root. The sessions of roles say "false" whatever the
 * identity provider asked for.
 */
export const knownMfa = ({ class: sort, arn, person, mfa }: Actor): boolean | undefined =>
  person === undefined && (sort === 'root' || arn?.includes(':user/') === true) ? mfa : undefined;

/** Key of the one who is judged: the person when a role is shared, else the actor itself. */
export function subjectKey(actor: Actor): string {
  return actor.person === undefined ? actor.key : `${actor.key}/${actor.person.key}`;
}

/** Names that the cloud vouches for: the key and the identity, or the person behind a role where its own sign-in names them. */
export const vouchedNames = ({ key, identity, person }: Actor): readonly string[] =>
  person !== undefined
    ? person.vouched
      ? [person.key]
      : []
    : identity === undefined
      ? [key]
      : [key, identity];

/**
 * Whether two activities are by one: the same key in the same account, or the same person where the cloud's own sign-in says
 * so. A name alone is not enough, for the same name in another account may be another's.
 */
export function bySame(
  a: { readonly account: string; readonly actor: Actor },
  b: { readonly account: string; readonly actor: Actor },
): boolean {
  if (a.account === b.account && subjectKey(a.actor) === subjectKey(b.actor)) return true;
  const [one, other] = [a.actor.person, b.actor.person];
  return one?.vouched === true && other?.vouched === true && one.key === other.key;
}

/** Label of the one who is judged, e.g. `alice@example.com (role/Admin)`. */
export function subjectLabel(actor: Actor): string {
  return actor.person === undefined ? actor.label : `${actor.person.label} (${actor.label})`;
}
