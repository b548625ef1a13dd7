/** ISO 8601 with `T` or a blank, any fraction, and `Z`, an offset or nothing (some pipelines drop the `Z`; UTC then). */
const WRITTEN =
  /^(\d{4})-(\d\d)-(\d\d)[T ](\d\d):(\d\d):(\d\d)(?:[.,](\d{1,9}))?(?:(Z)|([+-])(\d\d):?(\d\d))?$/i;
/** CloudTrail began in November 2013; EC2 in 2006. A year outside is a damaged or invented time. */
const EARLIEST = Date.UTC(2006, 0);
const LATEST = Date.UTC(2100, 0);
/** Numbers below are seconds (until the year 5138), above milliseconds. */
const SECONDS_BELOW = 1e11;

/** Time of a record in ms since the epoch, from text or an epoch number; undefined when it is none. */
export function eventTime(value: unknown): number | undefined {
  const ms = typeof value === 'number' ? fromEpoch(value) : typeof value === 'string' ? fromText(value) : NaN;
  return ms >= EARLIEST && ms < LATEST ? ms : undefined;
}

const fromEpoch = (value: number): number => Math.trunc(value < SECONDS_BELOW ? value * 1000 : value);

function fromText(value: string): number {
  const trimmed = value.trim();
  if (/^\d{9,13}(\.\d+)?$/.test(trimmed)) return fromEpoch(Number(trimmed));
  const match = WRITTEN.exec(trimmed);
  if (match === null) return NaN;
  const [, year, month, day, hour, minute, second, fraction = '', , sign, offsetHours, offsetMinutes] = match;
  if (Number(hour) > 23 || Number(minute) > 59 || Number(second) > 60) return NaN;
  const midnight = Date.UTC(Number(year), Number(month) - 1, Number(day));
  // Date.UTC rolls 31 April over to May; a date that does not exist is damage, not another date.
  const date = new Date(midnight);
  if (date.getUTCMonth() !== Number(month) - 1 || date.getUTCDate() !== Number(day)) return NaN;
  const clock = ((Number(hour) * 60 + Number(minute)) * 60 + Number(second)) * 1000;
  const ms = fraction === '' ? 0 : Number(fraction.slice(0, 3).padEnd(3, '0'));
  const offset =
    sign === undefined
      ? 0
      : (Number(offsetHours) * 60 + Number(offsetMinutes)) * 60_000 * (sign === '-' ? -1 : 1);
  return midnight + clock + ms - offset;
}
