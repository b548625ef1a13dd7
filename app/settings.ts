/** Which version of the policy is in force. */
export interface PolicyPointer {
  readonly version: number;
  /** Of the version's `json`, hexadecimal. */
  readonly sha256: string;
}

/** A policy as it was pushed. It never changes; going back to an earlier one is a version of its own. */
export interface PolicyVersion {
  /** From 1 on; numbers of versions that never came into force are left out. */
  readonly version: number;
  /** The version that it took the place of, 0 where there was none. */
  readonly base: number;
  /** The file as it was written. */
  readonly text: string;
  /** The policy, checked and complete (`canonicalPolicy`): what is judged by, and what the hash is of. */
  readonly json: string;
  readonly sha256: string;
  /** Who pushed it, as their command says. */
  readonly by: string;
  /** When, ms. */
  readonly at: number;
  readonly why: string;
  /** The version that it goes back to. */
  readonly of?: number;
}

/** The policy of a deployment as its functions see it. Reads are strongly consistent. */
export interface Settings {
  /** Undefined while nothing was pushed. */
  pointer(): Promise<PolicyPointer | undefined>;
  version(version: number): Promise<PolicyVersion | undefined>;
}

/** The same for whoever changes it. */
export interface SettingsStore extends Settings {
  /** Puts a version; false where there is one of this number, which stays as it is. */
  add(version: PolicyVersion): Promise<boolean>;
  /** Moves the pointer if it still is where `from` says, 0 for nowhere; false where somebody was first. */
  point(to: PolicyPointer, from: number): Promise<boolean>;
}
