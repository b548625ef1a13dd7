import { WEEK } from '../../core/findings/sessions.ts';
import { DAY } from '../../core/history/facts.ts';

/** Long enough for the slowest pattern a window may ask about; the CloudTrail console keeps as long. */
const ACTIVITY_DAYS = 90;
/** A verdict is told and tagged within days; this is for whoever looks back a year later. */
const VERDICT_DAYS = 400;
/** What was told of a finding must outlive the verdicts it is made of, or they would be told again. */
const NOTE_DAYS = 800;

const DAY_SECONDS = DAY / 1000;

/** Whole seconds since the epoch: the unit of DynamoDB's time to live. */
const seconds = (ms: number): number => Math.floor(ms / 1000);

/** When an activity at `at` (ms) is no longer returned: seconds since the epoch. */
export const activityExpires = (at: number): number => seconds(at) + ACTIVITY_DAYS * DAY_SECONDS;

/** When the verdict on an activity at `at` (ms), and the names it is found by, may be deleted: seconds since the epoch. */
export const verdictExpires = (at: number): number => seconds(at) + VERDICT_DAYS * DAY_SECONDS;

/** When a note on a finding that begins with an activity at `at` (ms) may be deleted: seconds since the epoch. */
export const noteExpires = (at: number): number => seconds(at) + NOTE_DAYS * DAY_SECONDS;

/** Earliest time (ms) of an activity that has not expired by `asOf` (ms). */
export const oldestActivity = (asOf: number): number =>
  (seconds(asOf) - ACTIVITY_DAYS * DAY_SECONDS + 1) * 1000;

/** Days that a sheet is kept after its last change. Yearly work (an audit, a licence renewal) must still be familiar a year later. */
const SHEET_DAYS = 400;

/** When a sheet last touched on `lastDay` is no longer returned: seconds since the epoch. */
export const sheetExpires = (lastDay: number): number => (lastDay + SHEET_DAYS) * DAY_SECONDS;

/** When it is forgotten who was active in an epoch week: together with the last activity of the week. */
export const weekExpires = (week: number): number => activityExpires((week + 1) * WEEK);

/** Whether a sheet last touched on `lastDay` is still to be seen at `asOf` (ms). */
export const isSheetAlive = (lastDay: number, asOf: number): boolean => sheetExpires(lastDay) > seconds(asOf);
