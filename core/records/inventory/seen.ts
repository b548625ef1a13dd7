/** A volume that is attached to an instance. */
export interface SeenVolume {
  readonly id: string;
  /** Snapshot that it was filled from. */
  readonly snapshot?: string;
  /** It is the root device: what is on it comes with the image. */
  readonly root?: true;
}

/** One instance as the inventory of its Region describes it. */
export interface SeenInstance {
  readonly account: string;
  readonly region: string;
  readonly id: string;
  /** What one call launched shares a reservation. */
  readonly reservation: string;
  /** When it was launched, ms; to the second. */
  readonly launched: number;
  /** When it was started last, ms: the launch, or a start after a stop. */
  readonly started: number;
  readonly image?: string;
  /** Account that the image belongs to, where that is not AWS itself. */
  readonly imageOwner?: string;
  readonly type?: string;
  /** Name of the instance profile. */
  readonly profile?: string;
  readonly keyName?: string;
  /** Security groups of all its interfaces, sorted. */
  readonly groups: readonly string[];
  readonly subnet?: string;
  readonly vpc?: string;
  readonly interfaces: readonly string[];
  readonly publicAddress?: true;
  /** `optional` means IMDSv1 works. */
  readonly httpTokens?: 'optional' | 'required';
  readonly tags: Readonly<Record<string, string>>;
  /** In order of their ids. */
  readonly volumes: readonly SeenVolume[];
  /** Hash of the user data; absent where it has none, or nobody asked. */
  readonly userData?: string;
  /** What the launching call named itself by, which EC2 keeps. */
  readonly clientToken?: string;
}

/** What is kept of an instance to tell later what has changed: what an intruder with rights on it would change. */
export interface Baseline {
  readonly image?: string;
  readonly profile?: string;
  readonly groups: readonly string[];
  /** Has had one at any time: it comes and goes with stops and starts. */
  readonly publicAddress?: true;
  readonly httpTokens?: 'optional' | 'required';
  readonly userData?: string;
  readonly volumes: readonly string[];
  /** The start during which the user data was read: it can be changed only while the instance is stopped. */
  readonly started: number;
}

export const baselineOf = (seen: SeenInstance, before?: Baseline): Baseline => ({
  ...(seen.image !== undefined && { image: seen.image }),
  ...(seen.profile !== undefined && { profile: seen.profile }),
  groups: seen.groups,
  ...((seen.publicAddress || before?.publicAddress) && { publicAddress: true as const }),
  ...(seen.httpTokens !== undefined && { httpTokens: seen.httpTokens }),
  ...(seen.userData !== undefined && { userData: seen.userData }),
  volumes: seen.volumes.map(({ id }) => id),
  started: seen.started,
});
