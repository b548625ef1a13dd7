/** Seeds whose every finding may be looked at while signals and weights are changed. */
export const TUNING_SEEDS: readonly number[] = [11, 12, 13, 14, 15, 16];

/**
 * Seeds held apart: run for the documentation only, and only their sums are shown, so that nothing is fitted to them. Once
 * somebody has looked at single findings of one, it belongs with the others and a new one takes its place.
 */
export const HELD_APART_SEEDS: readonly number[] = [7001, 7002, 7003, 7004, 7005, 7006, 7007, 7008];

/** The size of organisation that the targets are stated for. */
export const SIZE = { accounts: 20, days: 30 } as const;

/** The same for organisations of the generator's other makes, which are small. */
export const MAKE_SEEDS: readonly number[] = [1, 2, 3, 4, 5, 6];
export const HELD_APART_MAKE_SEEDS: readonly number[] = [7101, 7102, 7103, 7104, 7105, 7106, 7107, 7108];

/** The same for stories that are told in three clouds. */
export const HELD_APART_STORY_SEEDS: readonly number[] = Array.from(
  { length: 40 },
  (_, index) => 8101 + index,
);
