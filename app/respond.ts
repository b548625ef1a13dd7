import { clean } from '../core/activity/clean.ts';
import type { FindingRecord } from '../core/findings/finding.ts';
import { atLeast } from '../core/findings/severity.ts';
import type { Policy } from '../core/policy/policy.ts';
import { instancesOf } from '../tell/containment.ts';
import { statusOf } from '../tell/ocsf.ts';
import { attempt, type Done, type FindingChange } from './notify.ts';
import type { Tagger } from './ports.ts';

export interface RespondDeps {
  readonly tagger: Tagger;
  readonly mode: 'dry-run' | 'tag';
  readonly policy: Policy;
  /** The detector's own account: the only one whose instances it may touch. */
  readonly account: string;
  readonly log: (message: string, details: Record<string, unknown>) => void;
  /** Resolves after so many ms. */
  readonly wait: (ms: number) => Promise<void>;
}

/** EC2 takes more ids per call, but one unknown id fails the whole call; smaller calls lose less. */
const CHUNK = 50;
/**
 * EC2 may not know an instance for some time after it launched; AWS advises to try again after a couple of seconds,
 * doubling. After these the stream tries the whole change again.
 */
const WAITS = [2_000, 4_000, 8_000, 16_000];

interface Batch {
  readonly region: string;
  readonly ids: readonly string[];
}

/** Whether a finding is one to act on: open, not suppressed, severe enough. */
const actsOn = (record: FindingRecord | undefined, policy: Policy): record is FindingRecord =>
  record !== undefined &&
  statusOf(record, policy) === 'open' &&
  atLeast(record.severity, policy.response.minSeverity);

/**
 * Instances to tag because of a change: all when the finding is new, again worth acting on, or of another severity;
 * otherwise those that joined.
 */
function instancesToTag({ before, after }: FindingChange, policy: Policy, account: string): Batch[] {
  if (!actsOn(after, policy)) return [];
  const tagged = new Set(
    actsOn(before, policy) && before.severity === after.severity
      ? own(before, account).flatMap(({ region, ids }) => ids.map((id) => `${region} ${id}`))
      : [],
  );
  return own(after, account)
    .map(({ region, ids }) => ({ region, ids: ids.filter((id) => !tagged.has(`${region} ${id}`)) }))
    .flatMap(({ region, ids }) => chunksOf(ids).map((chunk) => ({ region, ids: chunk })));
}

const own = (record: FindingRecord, account: string): Batch[] =>
  instancesOf(record).filter((group) => group.account === account);

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
 * Tags the instances that findings of `policy.response.minSeverity` and more have launched in the detector's own
 * account, or says in the log what it would tag. One result per change, in order; a failed one is to be tried again.
 */
export async function respond(deps: RespondDeps, changes: readonly FindingChange[]): Promise<Done[]> {
  const results: Done[] = [];
  for (const change of changes) {
    results.push(await attempt(() => tagAll(deps, change)));
  }
  return results;
}

async function tagAll(
  { tagger, mode, policy, account, log, wait }: RespondDeps,
  change: FindingChange,
): Promise<void> {
  const batches = instancesToTag(change, policy, account);
  if (batches.length === 0) return;
  const finding = clean(change.after.id, 128);
  const tags = tagsOf(change.after);
  if (mode === 'dry-run') {
    for (const { region, ids } of batches) log('would tag instances', { finding, region, ids, tags });
    return;
  }
  const tryAll = async (waiting: readonly Batch[]): Promise<Batch[]> => {
    const unknown: Batch[] = [];
    for (const batch of waiting) {
      const result = await tagger.tag(batch.region, batch.ids, tags);
      if (result === 'denied') {
        throw new Error(
          `EC2 denied tagging in ${batch.region}: the function's role needs ec2:CreateTags on ${batch.ids.length} instances of finding ${finding}`,
        );
      }
      if (result === 'unknown') unknown.push(batch);
      else log('tagged instances', { finding, region: batch.region, ids: batch.ids });
    }
    return unknown;
  };
  let unknown = await tryAll(batches);
  for (const ms of WAITS) {
    if (unknown.length === 0) return;
    await wait(ms);
    unknown = await tryAll(unknown);
  }
  // one instance that is gone must not keep the tag from the others of its call
  const single = unknown
    .filter(({ ids }) => ids.length > 1)
    .flatMap(({ region, ids }) => ids.map((id) => ({ region, ids: [id] })));
  const left = [...unknown.filter(({ ids }) => ids.length === 1), ...(await tryAll(single))];
  if (left.length > 0) {
    const ids = left.flatMap((batch) => batch.ids);
    throw new Error(
      `EC2 does not know ${ids.length} instances of finding ${finding} (yet): ${ids.slice(0, 10).join(', ')}`,
    );
  }
}
