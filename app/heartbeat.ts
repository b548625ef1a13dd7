import type { Activity } from '../core/activity/activity.ts';
import { DAY } from '../core/history/facts.ts';
import { lost } from '../core/records/inventory/coverage.ts';
import type { NoteStore, Place, SeenSink } from './ports.ts';
import type { Target } from './reconcile.ts';

/** When a Region was last heard. */
export interface Beat extends Target {
  readonly at: number;
  /** The beat after which its silence was told, ms. */
  readonly told?: number;
}

interface HeartbeatDeps {
  readonly beats: NoteStore<Beat>;
  readonly seen: SeenSink;
  readonly now: () => number;
}

/** Every Region sends a beat so often, ms; the member template says the same. */
const BEAT = 15 * 60_000;
/** Two beats may be lost, and EventBridge tries a third for a while. */
const SILENT_AFTER = 3 * BEAT;

const ALL = { account: '~', subject: 'beats' } as const;
const placeOf = ({ account, region }: Target): Place => ({ ...ALL, at: 0, id: `${account}/${region}` });

/** Tries at one note: two workers in each other's way need two. */
const MAX_TRIES = 5;

/** Notes a beat. A late one takes no newer one's place. */
export async function hear({ beats }: HeartbeatDeps, { account, region, at }: Beat): Promise<void> {
  for (let tries = 0; tries < MAX_TRIES; tries += 1) {
    const known = await beats.read(placeOf({ account, region }));
    if (known !== undefined && known.value.at >= at) return;
    if (await beats.write(placeOf({ account, region }), { account, region, at }, known?.version ?? 0)) return;
  }
  throw new Error(`the heartbeat of ${account} ${region} could not be noted`);
}

/** All Regions that have ever been heard, those first that were heard longest ago. */
export async function heardFrom({ beats }: Pick<HeartbeatDeps, 'beats'>): Promise<readonly Beat[]> {
  const notes = await beats.within({ ...ALL, from: 0, to: 0 });
  return [...notes.values()].map(({ value }) => value).sort((a, b) => a.at - b.at);
}

/**
 * Tells which Regions have fallen silent, each once for each silence. It is told before it is noted that it was, under an id and a
 * time that come from the last beat: whoever dies in between tells the same again.
 */
export async function listenForSilence({ beats, seen, now }: HeartbeatDeps): Promise<readonly Target[]> {
  const notes = await beats.within({ ...ALL, from: 0, to: 0 });
  const silent = [...notes.values()].filter(
    ({ value: { at, told } }) => now() - at > SILENT_AFTER && told !== at,
  );
  if (silent.length === 0) return [];
  await seen.send({ activities: silent.map(({ value }) => silenceOf(value)) });
  for (const { value, version } of silent)
    await beats.write(placeOf(value), { ...value, told: value.at }, version);
  return silent.map(({ value: { account, region } }) => ({ account, region }));
}

const silenceOf = ({ account, region, at }: Beat): Activity =>
  lost({
    account,
    region,
    at: at + SILENT_AFTER,
    what: 'heartbeat',
    detail: `no heartbeat since ${minuteOf(at)}; is the stack of this Region still there, and are its rules enabled?`,
  });

/** `2026-06-15 12:00 UTC`. */
const minuteOf = (at: number): string => `${new Date(at).toISOString().slice(0, 16).replace('T', ' ')} UTC`;

/** Regions that the accounts of some targets have enabled and that have never been heard: told once a day each. */
export async function tellUncovered(
  { seen, now }: Pick<HeartbeatDeps, 'seen' | 'now'>,
  targets: readonly Target[],
  enabledFor: (target: Target) => Promise<readonly string[]>,
): Promise<void> {
  for (const [account, own] of Map.groupBy(targets, (target) => target.account)) {
    const known = new Set(own.map(({ region }) => region));
    const uncovered = (await enabledFor(own[0] as Target)).filter((region) => !known.has(region));
    if (uncovered.length > 0)
      await seen.send({ activities: uncovered.map((region) => uncoveredOf({ account, region }, now())) });
  }
}

function uncoveredOf({ account, region }: Target, now: number): Activity {
  const at = Math.floor(now / DAY) * DAY;
  const detail = 'this Region is enabled and has never sent a heartbeat: deploy the member stack there';
  return lost({ account, region, at, what: 'region', detail });
}

/** Tells, once a day, that nobody has confirmed that they want to hear of alerts: it reaches those who read the findings. */
export async function tellUnheard(
  { seen, now }: Pick<HeartbeatDeps, 'seen' | 'now'>,
  { account, region }: Target,
  topic: string,
): Promise<void> {
  const at = Math.floor(now() / DAY) * DAY;
  const detail = `nobody has confirmed a subscription of ${topic}: alerts reach no one`;
  await seen.send({ activities: [lost({ account, region, at, what: 'subscriber', detail })] });
}

/** What is to be looked at: every Region that was ever heard, and Launchtrail's own. */
export function targetsOf(heard: readonly Beat[], own: Target): Target[] {
  const isOwn = ({ account, region }: Target): boolean => account === own.account && region === own.region;
  return [own, ...heard.filter((beat) => !isOwn(beat)).map(({ account, region }) => ({ account, region }))];
}
