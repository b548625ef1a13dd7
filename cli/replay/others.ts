import { UNKNOWN } from '../input/reading.ts';

/** What a replay counts of what it read. */
export interface Others {
  files: number;
  read: number;
  damaged: number;
  /** See Reading, as the next two. */
  readonly foreign: Map<string, number>;
  readonly aside: Map<string, number>;
  readonly objects: string[];
}

const total = (counts: ReadonlyMap<string, number>): number =>
  [...counts.values()].reduce((sum, count) => sum + count, 0);

const grouped = (count: number): string => count.toLocaleString('en-GB');

/** Records that were none, however many; the rest was understood. */
export const foreignOf = ({ foreign }: Others): number => total(foreign);

/** What was not understood, and what it looks like. */
export function foreignLine(tally: Others): string | undefined {
  const count = foreignOf(tally);
  if (count === 0) return undefined;
  const known = [...tally.foreign].filter(([name]) => name !== UNKNOWN).sort(([, a], [, b]) => b - a);
  const looks = known.length === 0 ? '' : `: looks like ${known.map(([name]) => name).join(', ')}`;
  const are =
    count === 1
      ? 'is not an audit record of AWS, Azure or Google'
      : 'are not audit records of AWS, Azure or Google';
  return `${grouped(count)} of ${grouped(tally.read)} record${tally.read === 1 ? '' : 's'} ${are}${looks}`;
}

/** What a trail has beside its records, and how to read what it names. */
export function asideLines({ aside, objects }: Others): string[] {
  const [object] = objects;
  return [
    ...[...aside].map(([name, count]) => `${grouped(count)} ${count === 1 ? one(name) : name} passed over`),
    ...(object === undefined
      ? []
      : [`such a notice names files and holds no record; read one with: launchtrail replay ${object}`]),
  ];
}

/** `digest files` → `digest file`. */
const one = (name: string): string => name.replace(/^(.*?(?:file|message|notice|event))s\b/, '$1');

/** Why nothing could be judged; undefined where something was understood. */
export function nothingUnderstood(tally: Others, stdin: boolean): string[] | undefined {
  if (tally.read > foreignOf(tally)) return undefined;
  if (tally.files === 0 && tally.damaged === 0)
    return ['no .json, .jsonl, .ndjson, .csv, .parquet or .zip files found'];
  const lines = [foreignLine(tally), ...asideLines(tally)].filter((line) => line !== undefined);
  if (lines.length > 0) return [...lines, 'there is no record to judge'];
  if (tally.damaged > 0) return ['nothing could be read'];
  return [
    stdin
      ? 'standard input holds no record: name files or folders, or pipe records in'
      : `no record in ${grouped(tally.files)} file${tally.files === 1 ? '' : 's'}`,
  ];
}
