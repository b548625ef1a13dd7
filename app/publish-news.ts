import { activityKey } from '../core/activity/activity.ts';
import { digest } from '../core/activity/digest.ts';
import type { FindingRecord } from '../core/findings/finding.ts';
import { atLeast, type Severity } from '../core/findings/severity.ts';
import type { Policy } from '../core/policy/policy.ts';
import { type FindingEvent, isStanding, statusOf } from '../tell/ocsf.ts';
import { attributesOf, OUTPUT_IDS, OUTPUTS, type OutputId } from '../tell/outputs.ts';
import type { Telling } from '../tell/telling.ts';
import { attempt } from './changes.ts';
import { endsBeside } from './ends.ts';
import { type Flood, hasRoom, putOff } from './flood.ts';
import type { AccountNames, DecisionStore, HistoryStore, Publisher } from './ports.ts';
import { concernsPeople, type Event, joined, type Told } from './told.ts';
import { withNotes } from './triage.ts';

/** Who is told, and what is asked before people are. */
export interface PublishDeps extends Readonly<Partial<Record<OutputId, Publisher | undefined>>> {
  /** What people have decided; absent: findings do not say who did, and why. */
  readonly decisions?: Pick<DecisionStore, 'at'>;
  /** Where it is seen that what a finding made is gone by now; absent: people are told by the finding's own records alone. */
  readonly history?: Pick<HistoryStore, 'stretches'>;
  /** Gets every published finding as OCSF. Outputs that are absent hear nothing. */
  readonly findings: Publisher;
  /** Absent: people get each message by itself, however many there are. */
  readonly flood?: Flood | undefined;
  readonly policy: Policy;
  /** Absent: accounts are told by their numbers alone. */
  readonly accountNames?: AccountNames | undefined;
  /** Address of docs/, for links. */
  readonly docs?: string | undefined;
  /** Lowest severity that people are told about. */
  readonly alertsFrom?: Severity | undefined;
  /** Time, ms. */
  readonly now: () => number;
}

const OCSF_EVENTS: Readonly<Record<Event, FindingEvent>> = {
  new: 'create',
  reopened: 'update',
  risen: 'update',
  heard: 'update',
  grown: 'update',
  changed: 'update',
  closed: 'close',
};
const MACHINES = OUTPUT_IDS.filter((id) => OUTPUTS[id].hears === 'machines');
const PEOPLE = OUTPUT_IDS.filter((id) => OUTPUTS[id].hears === 'people');

/** What is to be told of a finding, and as what. */
export interface News {
  readonly event: Event;
  readonly record: FindingRecord;
}

/** By which a retry knows what it has told already: state and members of a finding. */
export const newsId = ({ status, severity, into, triage, members }: FindingRecord): string =>
  digest([
    status,
    severity,
    into ?? '',
    triage?.state ?? '',
    triage?.decision ?? '',
    ...members.map(({ activity }) => activityKey(activity)).sort(),
  ]);

/** What came of serving the outputs. */
interface Served {
  /** Those that have the news. */
  readonly out: readonly OutputId[];
  /** Whether people have it, or will have it with the next digest. */
  readonly alerted: boolean;
  readonly errors: readonly Error[];
}

/**
 * Tells each output that is to hear of it and has not yet. One that fails keeps no other from being served: whoever is
 * mailed must not depend on the channel, nor be mailed again because of it.
 */
export async function publishNews(
  deps: PublishDeps,
  { event, record: undecided }: News,
  told: Told | undefined,
  already: readonly OutputId[],
): Promise<Served> {
  const { policy, accountNames, decisions, docs } = deps;
  const [record = undecided] = await withNotes([undecided], decisions);
  const isDone = statusOf(record, policy) === 'closed';
  const telling: Telling = {
    record,
    policy,
    event: isDone ? 'close' : OCSF_EVENTS[event],
    ...(await accountNames?.(record.account)),
    docs,
    before: told,
    joined: told?.status === 'open' ? joined(told, record, policy) : undefined,
  };
  const attributes = attributesOf(record, policy, telling.unit);
  const out: OutputId[] = [...already];
  const errors: Error[] = [];
  const serve = async (id: OutputId, work: () => Promise<void>): Promise<void> => {
    if (out.includes(id)) return;
    const done = await attempt(work);
    if (done.ok) out.push(id);
    else errors.push(done.error);
  };
  const send = async (id: OutputId, now = telling): Promise<void> => {
    const publisher = deps[id];
    if (publisher !== undefined) await serve(id, () => publisher.publish(OUTPUTS[id].write(now, attributes)));
  };
  for (const id of MACHINES) await send(id);
  const isFor = PEOPLE.filter((id) => deps[id] !== undefined && isHeard(id, event, told, record, deps));
  const isEnd = event === 'closed' || isDone;
  if (isFor.every((id) => out.includes(id))) return { out, alerted: isFor.length > 0 && !isEnd, errors };
  // an ending only closes the thread that it is told in
  if (isEnd) {
    for (const id of isFor) await send(id);
  } else if (await isSingly(deps, event, record)) {
    // looked up as late as can be: what people are told to do must be about what is there
    const done = await attempt(async () => {
      const ends = deps.history && (await endsBeside(deps.history, record));
      for (const id of isFor) await send(id, { ...telling, ends });
    });
    if (!done.ok) errors.push(done.error);
  } else {
    const { flood, now } = deps;
    const done = await attempt(async () => void (flood && (await putOff(flood, telling, now()))));
    if (done.ok) out.push(...isFor);
    else errors.push(done.error);
  }
  return { out, alerted: !isEnd, errors };
}

/** Whether an output for people is to hear of something. */
function isHeard(
  id: OutputId,
  event: Event,
  told: Told | undefined,
  record: FindingRecord,
  { policy, alertsFrom = 'medium' }: PublishDeps,
): boolean {
  const status = statusOf(record, policy);
  if (event === 'closed') return id === 'chat' && told?.alerted !== undefined;
  if (status === 'closed')
    return id === 'chat' && told?.alerted !== undefined && told.triage?.state !== 'closed';
  const isSevere = isStanding(status) && atLeast(record.severity, alertsFrom);
  return isSevere && concernsPeople(event, told, record, policy);
}

async function isSingly({ flood, now }: PublishDeps, event: Event, record: FindingRecord): Promise<boolean> {
  const { account, severity } = record;
  const wanted = { account, severity, news: newsId(record), isGrowth: event === 'grown', now: now() };
  return flood === undefined || hasRoom(flood, wanted);
}
