import { readFileSync } from 'node:fs';
import { gunzipSync } from 'node:zlib';

const DAY = 86_400_000;

/** Which ids a call gives out, by the prefix of the id. */
const GIVES: readonly (readonly [event: RegExp, prefixes: string])[] = [
  [/^(RunInstances|CreateFleet)$/, 'i|vol|eni'],
  [/^(CreateSnapshots?|CopySnapshot)$/, 'snap'],
  [/^(CreateVolume|CopyVolumes)$/, 'vol'],
  [/^(CreateImage|CopyImage|RegisterImage)$/, 'ami|snap'],
  [/^CreateSecurityGroup$/, 'sg'],
  [/^CreateLaunchTemplate$/, 'lt'],
];

/** Lines of a gzipped file. */
export const linesOf = (path: string): string[] =>
  gunzipSync(readFileSync(path)).toString('utf8').split('\n').filter(Boolean);

/**
 * An organisation's records, and the same once more as many days later, as lines of JSON in order of delivery.
 *
 * The second time every record has a new id, and so has each instance, volume, image, group and template that a record of the
 * first time made: what is made is never made twice. What was there before the records keeps its id (base images, networks,
 * long-lived volumes), and so do people, roles, addresses and keys: they come back as those who are known.
 */
export function* twice(lines: readonly string[], days: number): Generator<string> {
  yield* lines;
  const made = madeIn(lines);
  for (const line of lines) {
    yield line
      .replaceAll(/\b20\d\d-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d+)?Z/g, (time, fraction: string | undefined) => {
        const later = new Date(Date.parse(time) + days * DAY).toISOString();
        return fraction === undefined ? `${later.slice(0, 19)}Z` : later;
      })
      .replaceAll(/(?<=: ?)1[78]\d{11}\b/g, (time) => String(Number(time) + days * DAY))
      .replaceAll(/\b[a-z]+-0[0-9a-f]{16}\b/g, (id) => (made.has(id) ? id.replace('-0', '-1') : id))
      .replaceAll(
        /((?:"(?:eventID|sharedEventID|requestID|requestId)": ?"|\bfleet-)[0-9a-f]{8}-[0-9a-f]{4}-)4/g,
        (_, start: string) => `${start}5`,
      );
  }
}

/** Ids that a call of these records gave out before anyone had named them. */
function madeIn(lines: readonly string[]): ReadonlySet<string> {
  const seen = new Set<string>();
  const made = new Set<string>();
  for (const line of lines) {
    const { eventName, requestParameters, responseElements } = JSON.parse(line);
    const prefixes = GIVES.find(([event]) => event.test(eventName))?.[1];
    if (prefixes !== undefined) {
      const asked = JSON.stringify(requestParameters ?? '');
      const given = JSON.stringify(responseElements ?? '');
      for (const [id] of given.matchAll(new RegExp(`\\b(?:${prefixes})-0[0-9a-f]{16}\\b`, 'g'))) {
        if (!seen.has(id) && !asked.includes(id)) made.add(id);
      }
    }
    for (const [id] of line.matchAll(/\b[a-z]+-0[0-9a-f]{16}\b/g)) seen.add(id);
  }
  return made;
}
