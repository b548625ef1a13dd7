import type { Random } from '../random.ts';

/** Whoever acts. */
export interface Who {
  /** Name of the person, program or service; the same name is the same identity. */
  readonly name: string;
  /**
   * `person` is one of the house, `guest` comes from another directory or domain, `program` has an identity of its own, `scaler` is the
   * cloud's service that keeps groups at their size, `nodes` the one that looks after clusters.
   */
  readonly sort: 'person' | 'guest' | 'program' | 'scaler' | 'nodes';
  /** Address; absent for services. */
  readonly ip?: string;
  readonly tool?: 'console' | 'cli' | 'terraform';
}

/** Sizes that each cloud has a machine for. */
export type Size = 'small' | 'usual' | 'large' | 'gpu';

/** What can be done in every cloud, by names that each cloud turns into its own. */
export type Deed =
  | {
      readonly do: 'launch';
      readonly machine: string;
      readonly size: Size;
      /** An image of the house by its name; a public one where absent. */
      readonly image?: string;
      /** Group of rules that the machine is in. */
      readonly group?: string;
      readonly public?: true;
      /** Disk that it boots, or has beside its own. */
      readonly disk?: string;
    }
  | { readonly do: 'terminate' | 'start' | 'stop' | 'run'; readonly machine: string }
  | { readonly do: 'snapshot'; readonly disk: string; readonly snapshot: string }
  | { readonly do: 'drop'; readonly snapshot: string }
  | { readonly do: 'restore'; readonly snapshot: string; readonly disk: string }
  | { readonly do: 'attach'; readonly disk: string; readonly machine: string }
  | { readonly do: 'image'; readonly machine: string; readonly image: string }
  | { readonly do: 'image of copy'; readonly snapshot: string; readonly image: string }
  | { readonly do: 'grant'; readonly to: Who }
  | { readonly do: 'open'; readonly group: string; readonly port?: number; readonly from: string }
  | { readonly do: 'pool'; readonly pool: string; readonly size: Size; readonly count: number }
  | { readonly do: 'scale'; readonly group: string; readonly size: Size; readonly count: number };

/** A deed, who does it, when (ms), and in which Region; the home Region where absent. */
export interface Done {
  readonly at: number;
  readonly by: Who;
  readonly deed: Deed;
  readonly region?: string;
  /** What does it: a routine's name, or a story's. */
  readonly routine: string;
}

/** One record with the time at which it is written, ms. */
export interface Written {
  readonly at: number;
  readonly record: object;
}

/** Tells deeds in one cloud's records. What it has told before it remembers: ids, and when a machine was made. */
export interface Teller {
  /** The Region that the account works in, and others. */
  readonly regions: readonly string[];
  readonly tell: (done: Done) => readonly Written[];
}

/** What a teller is made for. */
export interface TellerOptions {
  readonly seed: number;
  readonly random: Random;
}
