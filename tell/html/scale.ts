/** From a span of numbers (of times, ms) to a span of pixels. Where the first has no length, all lies at the beginning of the second. */
export const linear =
  ([first, last]: readonly [number, number], [from, to]: readonly [number, number]) =>
  (value: number): number =>
    last === first ? from : from + ((value - first) / (last - first)) * (to - from);

/** How dark a cell is, 0 to 1: by the root of its count, so that one among a thousand still shows. */
export const shade =
  (most: number) =>
  (count: number): number =>
    Math.sqrt(count / Math.max(1, most));

/** Whole numbers to rule a count's axis with: from 0 in three or four round steps to the first that is not below the highest. */
export function rulings(most: number): number[] {
  const rough = Math.max(1, most / 3);
  const power = 10 ** Math.floor(Math.log10(rough));
  const step = Math.ceil([1, 2, 5, 10].map((round) => round * power).find((each) => each >= rough) ?? rough);
  return Array.from({ length: Math.max(1, Math.ceil(most / step)) + 1 }, (_, index) => index * step);
}
