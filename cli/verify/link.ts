/** Part of the way from a call to whoever is told of it. */
export interface Link {
  readonly name: string;
  /** Says what holds; undefined where it is not there yet; throws where it cannot be asked, or will not come. */
  readonly holds: () => Promise<string | undefined>;
  /** What to do where it does not hold. */
  readonly remedy: string;
}
