import { distance } from 'fastest-levenshtein';
import type { FindingStore, HistoryStore } from '../../app/ports.ts';
import type { Activity } from '../../core/activity/activity.ts';
import { clean } from '../../core/activity/clean.ts';
import type { FindingRecord } from '../../core/findings/finding.ts';
import { timelineAccounts } from '../../core/history/looking-back.ts';
import { narrate, utc } from '../../tell/narrate.ts';
import { sorted } from '../replay/render.ts';

interface Stores {
  readonly history: HistoryStore;
  readonly findings: FindingStore;
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
/** Closed findings a pointer is followed through; more would be a circle. */
const MAX_POINTERS = 20;

const FINDING = /^lt-(\d{12})-/;

/**
 * Finds what an id means: a finding by its id or a unique beginning of it, open or closed, or the finding in which a
 * record stands or rests as evidence.
 */
export async function findFinding(stores: Stores, id: string): Promise<Answer> {
  const open: FindingRecord[] = [];
  for await (const record of stores.findings.all()) open.push(record);

  const exact = open.find((record) => record.id === id);
  if (exact !== undefined) return { ok: true, record: exact, notes: [] };
  const closed = await closedFinding(stores, open, id);
  if (closed !== undefined) return followed(stores, open, closed);

  const holding = open.filter(({ members }) => members.some(({ activity }) => activity.id === id));
  if (holding.length > 0) return bestOf(holding, `record ${show(id)} stands in this finding`);
  const resting = open.filter(({ members }) =>
    members.some(({ evidence }) => evidence.some(({ refs }) => refs?.includes(id))),
  );
  if (resting.length > 0) {
    return bestOf(resting, `record ${show(id)} is not part of this finding; its evidence refers to it`);
  }
  return (await beginning(stores, open, id)) ?? nothing(stores, open, id);
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

/** A closed finding by its id; no store lists those, but each knows its subjects, and each subject its findings. */
async function closedFinding(
  { history, findings }: Stores,
  open: readonly FindingRecord[],
  id: string,
): Promise<FindingRecord | undefined> {
  const account = FINDING.exec(id)?.[1];
  if (account === undefined) return undefined;
  const subjects = new Set([
    ...(await history.subjects(account, '')),
    ...open.filter((record) => record.account === account).map(({ subject }) => subject),
  ]);
  for (const subject of subjects) {
    const records = await findings.near(account, subject, Number.NEGATIVE_INFINITY, Number.POSITIVE_INFINITY);
    const found = records.find(({ value }) => value.id === id);
    if (found !== undefined) return found.value;
  }
  return undefined;
}

/** Where a closed finding went. */
async function followed(
  stores: Stores,
  open: readonly FindingRecord[],
  closed: FindingRecord,
): Promise<Answer> {
  const notes: string[] = [];
  let record = closed;
  for (let step = 0; step < MAX_POINTERS && record.status === 'merged'; step += 1) {
    const { id, into } = record;
    if (into === undefined) break;
    const next = open.find((each) => each.id === into) ?? (await closedFinding(stores, open, into));
    if (next === undefined) {
      return {
        ok: false,
        lines: [`finding ${show(id)} was merged into ${show(into)}, which is not in this history`],
      };
    }
    notes.push(
      `finding ${show(id)} was merged into ${show(into)}, because later records showed them to be one story`,
    );
    record = next;
  }
  if (record.status === 'withdrawn') {
    notes.push(
      `finding ${show(record.id)} was withdrawn: later records explained it away, and nothing speaks against it now`,
    );
  }
  return { ok: true, record, notes };
}

/** A unique beginning of a finding's id or of a record's. */
async function beginning(
  stores: Stores,
  open: readonly FindingRecord[],
  id: string,
): Promise<Answer | undefined> {
  if (id.length < MIN_BEGINNING) return undefined;
  const findings = open.map((record) => record.id).filter((each) => each.startsWith(id));
  const events = recordIds(open).filter((each) => each.startsWith(id));
  const matches = findings.length > 0 ? findings : events;
  const [only] = matches;
  if (only === undefined) return undefined;
  if (matches.length === 1) return findFinding(stores, only);
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
async function nothing(stores: Stores, open: readonly FindingRecord[], id: string): Promise<Answer> {
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

/** Looks through every account that has findings; only before giving up, for it reads all there is. */
async function judgedRecord(
  { history }: Stores,
  open: readonly FindingRecord[],
  id: string,
): Promise<Activity | undefined> {
  for (const account of new Set(open.map((record) => record.account))) {
    for (const subject of await history.subjects(account, '')) {
      const timelines = await history.stretches(
        timelineAccounts(account).map((each) => ({
          account: each,
          subject,
          from: Number.NEGATIVE_INFINITY,
          to: Number.POSITIVE_INFINITY,
        })),
        Number.NEGATIVE_INFINITY,
      );
      const found = timelines.flat().find((activity) => activity.id === id);
      if (found !== undefined) return found;
    }
  }
  return undefined;
}
