import { type Activity, activityKey } from '../core/activity/activity.ts';
import { clean } from '../core/activity/clean.ts';
import type { FindingRecord } from '../core/findings/finding.ts';
import { atLeast, type Severity } from '../core/findings/severity.ts';
import { findingOf } from '../core/findings/stories.ts';
import type { Policy } from '../core/policy/policy.ts';
import { instancesOf } from '../tell/contain/standing.ts';
import { isStanding, statusOf } from '../tell/ocsf.ts';
import { attempt, type Done, isNews, type VerdictChange } from './changes.ts';
import { placeOf } from './place.ts';
import type { NoteStore, StoryStore, Tagger } from './ports.ts';
import { isHistory, type Silence } from './silence.ts';
import { readTogether, type Surrounding, storiesAround } from './story-around.ts';

export interface RespondDeps {
  readonly stories: StoryStore;
  /** Kept apart by mode: what would have been tagged has not been. */
  readonly notes: NoteStore<Tagged>;
  readonly tagger: Tagger;
  readonly mode: 'dry-run' | 'tag';
  readonly policy: Policy;
  /** What is history that was seeded; absent: nothing is. */
  readonly silence?: () => Promise<Silence>;
  /** The detector's own account: the only one whose instances it may touch. */
  readonly account: string;
  readonly log: (message: string, details: Record<string, unknown>) => void;
  /** Resolves after so many ms. */
  readonly wait: (ms: number) => Promise<void>;
}

/** How instances of a finding have been tagged. */
export interface Tagged {
  readonly severity: Severity;
  /** `<Region> <id>`, at most `MAX_NOTED`. */
  readonly instances: readonly string[];
}

/** EC2 takes more ids per call, but one unknown id fails the whole call; smaller calls lose less. */
const CHUNK = 50;
/**
 * EC2 may not know an instance for some time after it launched; AWS advises to try again after a couple of seconds,
 * doubling. After these the stream tries the whole change again.
 */
const WAITS = [2_000, 4_000, 8_000, 16_000];
/** Instances noted as tagged; the first ones of a larger finding are tagged again with each that joins, which does no harm. */
const MAX_NOTED = 5_000;
/** Times in a row that another worker may tag the same finding in between. */
const MAX_TRIES = 10;

interface Batch {
  readonly region: string;
  readonly ids: readonly string[];
}

/** What is to be tagged: a finding, and its instances in the detector's own account. */
interface Target {
  /** What the finding begins with. */
  readonly beginning: Activity;
  readonly record: FindingRecord;
  readonly instances: readonly string[];
}

/** The finding that a changed verdict is part of now, if it is one to act on: open, not suppressed, severe enough. */
function targetOf(
  change: VerdictChange,
  around: Surrounding,
  silence: Silence,
  deps: RespondDeps,
): Target | undefined {
  const { policy, account } = deps;
  const key = activityKey(change.after.activity);
  const story = around
    .of(change)
    .now.find((each) =>
      each.some(({ members }) => members.some(({ activity }) => activityKey(activity) === key)),
    );
  const beginning = story?.[0]?.members[0]?.activity;
  if (story === undefined || beginning === undefined) return undefined;
  const record = findingOf(story, policy);
  if (!isStanding(statusOf(record, policy)) || !atLeast(record.severity, policy.response.minSeverity))
    return undefined;
  if (isHistory(record, silence)) return undefined;
  // also of members that the finding has no room for
  const all = { ...record, members: story.flatMap(({ members }) => members) };
  const instances = instancesOf(all)
    .filter((group) => group.account === account)
    .flatMap(({ region, ids }) => ids.map((id) => `${region} ${id}`));
  return { beginning, record, instances };
}

/** Calls to make for some instances. */
function batchesOf(instances: readonly string[]): Batch[] {
  const named = instances.map((instance) => instance.split(' ') as [region: string, id: string]);
  return [...Map.groupBy(named, ([region]) => region)].flatMap(([region, own]) =>
    chunksOf(own.map(([, id]) => id)).map((ids) => ({ region, ids })),
  );
}

const namesOf = ({ region, ids }: Batch): string[] => ids.map((id) => `${region} ${id}`);

const chunksOf = (ids: readonly string[]): string[][] =>
  Array.from({ length: Math.ceil(ids.length / CHUNK) }, (_, index) =>
    ids.slice(index * CHUNK, (index + 1) * CHUNK),
  );

/** The only tags Launchtrail ever writes; no key and no part of a value can be chosen by whoever launched. */
const tagsOf = (record: FindingRecord): Record<string, string> => ({
  'launchtrail:finding': clean(record.id, 128),
  'launchtrail:severity': record.severity,
  'launchtrail:detected-at': new Date(record.last).toISOString(),
});

/**
 * Tags the instances of the findings that changed verdicts are part of now: those that findings of
 * `policy.response.minSeverity` and more have launched in the detector's own account, where they do not bear this severity
 * yet; or says in the log what it would tag. One result per change, in order; a failed one is to be tried again.
 */
export async function respond(deps: RespondDeps, changes: readonly VerdictChange[]): Promise<Done[]> {
  const together = await readTogether(deps.stories, changes.filter(isNews), deps.policy);
  const results: Done[] = [];
  for (const change of changes)
    results.push(await attempt(() => (isNews(change) ? tagFor(deps, change, together) : Promise.resolve())));
  return results;
}

async function tagFor(deps: RespondDeps, change: VerdictChange, together?: Surrounding): Promise<void> {
  const { stories, notes, policy } = deps;
  const silence: Silence = (await deps.silence?.()) ?? new Map();
  const look = async (): Promise<Target | undefined> =>
    targetOf(change, await storiesAround(stories, [change], policy), silence, deps);
  let target = together?.truncated === false ? targetOf(change, together, silence, deps) : await look();
  /** Tagged here by an older reading: another worker may have tagged them in between, and not be the last. */
  const doubtful = new Set<string>();
  for (let tries = 0; tries < MAX_TRIES; tries += 1) {
    if (target === undefined) return;
    const place = placeOf(target.beginning);
    const note = await notes.read(place);
    if (wantedOf(target, note?.value, doubtful).length === 0) return;
    // read after the note: whoever writes another note from here on is noticed
    target = await look();
    if (target === undefined || target.beginning.id !== place.id) continue;
    const wanted = wantedOf(target, note?.value, doubtful);
    const { done, error } = await tagAll(deps, target.record, batchesOf(wanted));
    for (const instance of done) doubtful.add(instance);
    const { severity } = target.record;
    const others = note?.value.severity === severity ? note.value.instances : [];
    const instances = [...new Set([...others, ...done])].slice(-MAX_NOTED);
    const noted = await notes.write(place, { severity, instances }, note?.version ?? 0);
    if (error !== undefined) throw error;
    if (noted) return;
    target = await look();
  }
  throw new Error('another worker keeps tagging the same finding');
}

/** Instances that do not bear the finding's severity yet. */
function wantedOf(
  { record, instances }: Target,
  note: Tagged | undefined,
  doubtful: ReadonlySet<string>,
): string[] {
  const borne = new Set(note?.severity === record.severity ? note.instances : []);
  return instances.filter((instance) => !borne.has(instance) || doubtful.has(instance));
}

/** Tags what can be tagged, and says what was and why the rest was not. */
async function tagAll(
  { tagger, mode, log, wait }: RespondDeps,
  record: FindingRecord,
  batches: readonly Batch[],
): Promise<{ readonly done: readonly string[]; readonly error?: unknown }> {
  const finding = clean(record.id, 128);
  const tags = tagsOf(record);
  if (mode === 'dry-run') {
    for (const { region, ids } of batches) log('would tag instances', { finding, region, ids, tags });
    return { done: batches.flatMap(namesOf) };
  }
  const done: string[] = [];
  const tryAll = async (waiting: readonly Batch[]): Promise<Batch[]> => {
    const unknown: Batch[] = [];
    for (const batch of waiting) {
      const result = await tagger.tag(batch.region, batch.ids, tags);
      if (result === 'denied') {
        throw new Error(
          `EC2 denied tagging in ${batch.region}: the function's role needs ec2:CreateTags on ${batch.ids.length} instances of finding ${finding}`,
        );
      }
      if (result === 'unknown') {
        unknown.push(batch);
        continue;
      }
      done.push(...namesOf(batch));
      log('tagged instances', { finding, region: batch.region, ids: batch.ids });
    }
    return unknown;
  };
  try {
    let unknown = await tryAll(batches);
    for (const ms of WAITS) {
      if (unknown.length === 0) return { done };
      await wait(ms);
      unknown = await tryAll(unknown);
    }
    // one instance that is gone must not keep the tag from the others of its call
    const single = unknown
      .filter(({ ids }) => ids.length > 1)
      .flatMap(({ region, ids }) => ids.map((id) => ({ region, ids: [id] })));
    const left = [...unknown.filter(({ ids }) => ids.length === 1), ...(await tryAll(single))];
    if (left.length === 0) return { done };
    const ids = left.flatMap((batch) => batch.ids);
    const some = ids.slice(0, 10).join(', ');
    throw new Error(`EC2 does not know ${ids.length} instances of finding ${finding} (yet): ${some}`);
  } catch (error) {
    return { done, error };
  }
}
