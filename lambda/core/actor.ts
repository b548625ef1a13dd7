/** What sort of principal is answerable. */
export type ActorClass = 'human' | 'workload' | 'automation' | 'service' | 'root' | 'foreign-account';

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
  readonly person?: { readonly key: string; readonly label: string };
  /** `long-lived` for AKIA keys, `temporary` for sessions. */
  readonly credential?: 'long-lived' | 'temporary';
  readonly accessKey?: string;
  /** Whether the session says it was opened with MFA. */
  readonly mfa?: boolean;
  /** Instance whose own credentials these are. */
  readonly instance?: string;
  /** Service that made the call on the actor's behalf; not a proof of innocence. */
  readonly invokedBy?: string;
}

/** Key of the one who is judged: the person when a role is shared, else the actor itself. */
export function subjectKey(actor: Actor): string {
  return actor.person === undefined ? actor.key : `${actor.key}/${actor.person.key}`;
}

/** Label of the one who is judged, e.g. `alice@example.com (role/Admin)`. */
export function subjectLabel(actor: Actor): string {
  return actor.person === undefined ? actor.label : `${actor.person.label} (${actor.label})`;
}
