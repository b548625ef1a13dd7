import { distance } from 'fastest-levenshtein';
import { verdictsIn } from '../../app/findings-in.ts';
import type { DecisionStore, HistoryStore, VerdictStore } from '../../app/ports.ts';
import { withNotes } from '../../app/triage.ts';
import type { Activity } from '../../core/activity/activity.ts';
import { activityKey } from '../../core/activity/activity.ts';
import { clean } from '../../core/activity/clean.ts';
import type { Assessment, FindingRecord } from '../../core/findings/finding.ts';
import { WEEK } from '../../core/findings/sessions.ts';
import { findingId, findingsOf, isTold } from '../../core/findings/stories.ts';
import { timelineAccounts } from '../../core/history/looking-back.ts';
import type { Policy } from '../../core/policy/policy.ts';
import { narrate, utc } from '../../tell/narrate.ts';
import { sorted } from '../../tell/sorted.ts';
import { doneBy, touching } from './by-name.ts';

interface Stores {
  readonly history: HistoryStore;
  readonly verdicts: Pick<VerdictStore, 'all'>;
  readonly decisions?: Pick<DecisionStore, 'at'>;
}

/** What the stores hold, read once. */
interface Known {
  readonly findings: readonly FindingRecord[];
  /** Every verdict, also those that are not told any more. */
  readonly verdicts: readonly Assessment[];
  readonly policy: Policy;
}

/** The finding that was meant and why, or words for a person who mistyped. */
export type Answer =
  | {
      readonly ok: true;
      readonly record: FindingRecord;
      /** How the id led here, where it is not simply the finding's own. */
      readonly notes: readonly string[];
    }
  | { readonly ok: false; readonly lines: readonly string[] };

/** Shorter beginnings of an id are more likely a slip than a wish. */
const MIN_BEGINNING = 6;
/** Ids offered to somebody who mistyped, and listed where a beginning is not unique. */
const MOST_OFFERED = 3;

/**
 * Finds what an id means: a finding by its id or a unique beginning of it, open or closed; the finding in which a record stands or
 * rests as evidence; the worst that touches a resource, or in which somebody acts.
 */
export async function findFinding(stores: Stores, id: string, policy: Policy): Promise<Answer> {
  const verdicts = await verdictsIn(stores.verdicts);
  const told = verdicts.filter((verdict) => isTold(verdict, policy));
  const findings = await withNotes(findingsOf(told, policy), stores.decisions);
  const known = { findings, verdicts, policy };
  return byId(known, id) ?? byName(known, id) ?? beginning(known, id) ?? nothing(stores, known, id);
}

function byId(known: Known, id: string): Answer | undefined {
  const { findings } = known;
  const exact = findings.find((record) => record.id === id);
  if (exact !== undefined) return { ok: true, record: exact, notes: [] };
  const closed = closedFinding(known, id);
  if (closed !== undefined) return closed;

  const holding = findings.filter(({ members }) => members.some(({ activity }) => activity.id === id));
  if (holding.length > 0) return bestOf(holding, `record ${show(id)} stands in this finding`);
  const resting = findings.filter(({ members }) =>
    members.some(({ evidence }) => evidence.some(({ refs }) => refs?.includes(id))),
  );
  if (resting.length === 0) return undefined;
  return bestOf(resting, `record ${show(id)} is not part of this finding; its evidence refers to it`);
}

function byName({ findings }: Known, name: string): Answer | undefined {
  const touched = touching(findings, name);
  if (touched.length > 0) return bestOf(touched, `${show(name)} is touched in this finding`);
  const done = doneBy(findings, name);
  return done.length === 0 ? undefined : bestOf(done, `${show(name)} acts in this finding`);
}

const show = (id: string): string => clean(id, 80);

function bestOf(records: readonly FindingRecord[], how: string): Answer {
  const [record, ...others] = sorted(records);
  if (record === undefined) return { ok: false, lines: [] };
  const ids = others.slice(0, MOST_OFFERED).map(({ id }) => show(id));
  const more = others.length > ids.length ? ` and ${others.length - ids.length} more` : '';
  return {
    ok: true,
    record,
    notes: [how, ...(ids.length > 0 ? [`the same is true of ${ids.join(', ')}${more}`] : [])],
  };
}

/** A finding that began with a record which is now part of another finding, or of none. */
function closedFinding({ findings, verdicts, policy }: Known, id: string): Answer | undefined {
  const verdict = verdicts.find(({ activity }) => findingId(activity) === id);
  if (verdict === undefined) return undefined;
  const holder = findings.find(({ members }) =>
    members.some(({ activity }) => activityKey(activity) === activityKey(verdict.activity)),
  );
  if (holder !== undefined) {
    const note = `finding ${show(id)} was merged into ${show(holder.id)}, because later records showed them to be one story`;
    return { ok: true, record: holder, notes: [note] };
  }
  const note = `finding ${show(id)} was withdrawn: later records explained it away, and nothing speaks against it now`;
  const record = withdrawn(verdict, policy);
  return { ok: true, record, notes: [note] };
}

/** A finding of which nothing is left but the record that it began with. */
function withdrawn(verdict: Assessment, policy: Policy): FindingRecord {
  const [record] = findingsOf([verdict], policy) as [FindingRecord];
  return { ...record, status: 'withdrawn', members: [] };
}

/** A unique beginning of a finding's id or of a record's. */
function beginning(known: Known, id: string): Answer | undefined {
  if (id.length < MIN_BEGINNING) return undefined;
  const findings = known.findings.map((record) => record.id).filter((each) => each.startsWith(id));
  const events = recordIds(known.findings).filter((each) => each.startsWith(id));
  const matches = findings.length > 0 ? findings : events;
  const [only] = matches;
  if (only === undefined) return undefined;
  if (matches.length === 1) return byId(known, only);
  return {
    ok: false,
    lines: [
      `${show(id)} is the beginning of ${matches.length} ids; give more of it:`,
      ...matches.slice(0, MOST_OFFERED).map((each) => `  ${show(each)}`),
    ],
  };
}

const recordIds = (open: readonly FindingRecord[]): string[] => [
  ...new Set(
    open.flatMap(({ members }) =>
      members.flatMap(({ activity, evidence }) => [
        activity.id,
        ...evidence.flatMap(({ refs }) => refs ?? []),
      ]),
    ),
  ),
];

/** Says what the id is near to, or that the record was judged and nothing came of it. */
async function nothing(stores: Stores, { findings: open }: Known, id: string): Promise<Answer> {
  const judged = await judgedRecord(stores, open, id);
  if (judged !== undefined) {
    return {
      ok: false,
      lines: [
        `record ${show(id)} was judged and is in no finding: what spoke against it stayed below LOW`,
        `  ${utc(judged.at)}  ${clean(judged.region, 25)}  ${narrate(judged)}`,
      ],
    };
  }
  const known = [...open.map((record) => record.id), ...recordIds(open)];
  const near = known
    .map((each) => ({ each, far: distance(each, id.slice(0, 200)) }))
    .filter(({ each, far }) => far <= each.length / 2)
    .sort((a, b) => a.far - b.far || (a.each < b.each ? -1 : 1))
    .slice(0, MOST_OFFERED);
  return {
    ok: false,
    lines: [
      `there is no finding ${show(id)}, and no finding holds a record of that id${open.length === 0 ? '; this history has no findings at all' : ' (reads are not kept)'}`,
      ...(near.length > 0 ? ['nearest:', ...near.map(({ each }) => `  ${show(each)}`)] : []),
    ],
  };
}

/** Subjects whose activities are looked through in one go. */
const MANY = 1000;

/** Looks through every account that has findings; only before giving up, for it reads all there is. */
async function judgedRecord(
  { history }: Stores,
  open: readonly FindingRecord[],
  id: string,
): Promise<Activity | undefined> {
  for (const { account, weeks } of spansOf(open)) {
    for (const week of weeks) {
      const subjects = await history.active(account, week, '', '', MANY);
      const stretches = subjects.flatMap((subject) =>
        timelineAccounts(account).map((each) => ({
          account: each,
          subject,
          from: week * WEEK,
          to: (week + 1) * WEEK - 1,
        })),
      );
      const timelines = await history.stretches(stretches, week * WEEK);
      const found = timelines.flat().find((activity) => activity.id === id);
      if (found !== undefined) return found;
    }
  }
  return undefined;
}

/** Weeks before the first finding and after the last in which a record is looked for. */
const WEEKS_BEFORE = 13;
const WEEKS_AFTER = 2;

/** Accounts that have findings, and the epoch weeks around these. */
function spansOf(open: readonly FindingRecord[]): { account: string; weeks: number[] }[] {
  return [...Map.groupBy(open, ({ account }) => account)].map(([account, findings]) => {
    const first = Math.floor(Math.min(...findings.map(({ start }) => start)) / WEEK) - WEEKS_BEFORE;
    const last = Math.floor(Math.max(...findings.map(({ last }) => last)) / WEEK) + WEEKS_AFTER;
    return { account, weeks: Array.from({ length: last - first + 1 }, (_, index) => first + index) };
  });
}
