/**
 * ISO 8601 with `T` or a blank, with or without separators, any fraction, and `Z`, an offset, the name of a zone, or nothing
 * (some pipelines drop the `Z`; UTC then).
 */
const WRITTEN =
  /^(\d{4})-?(\d\d)-?(\d\d)[T ](\d\d):?(\d\d):?(\d\d)(?:[.,](\d{1,9}))?(?: ?(?:(Z|UTC|GMT)|([+-])(\d\d):?(\d\d)|([A-Z][A-Za-z]*(?:\/[A-Za-z0-9_+-]+){0,2})))?$/i;
/** What Azure's portal writes into CSV: `3/2/2026, 10:15:00.000 AM`. */
const PORTAL = /^(\d{1,2})\/(\d{1,2})\/(\d{4}),? (\d{1,2}):(\d\d):(\d\d)(?:\.(\d{1,9}))? (AM|PM)$/i;
/** What C and Unix write: `Mon Mar  2 10:15:00 UTC 2026`. */
const UNIX = /^(?:[A-Z][a-z]{2}) ([A-Z][a-z]{2}) +(\d{1,2}) (\d\d:\d\d:\d\d) (UTC|GMT|[+-]\d{4}) (\d{4})$/;
/** What mail and HTTP write (RFC 5322 §3.3): `Mon, 2 Mar 2026 10:15:00 GMT`. */
const MAIL = /^(?:[A-Z][a-z]{2}, )?(\d{1,2}) ([A-Z][a-z]{2}) (\d{4}) (\d\d:\d\d:\d\d) (UTC|GMT|[+-]\d{4})$/;
const MONTHS = ['Jan', 'Feb', 'Mar', 'Apr', 'May', 'Jun', 'Jul', 'Aug', 'Sep', 'Oct', 'Nov', 'Dec'];
/** Hours from UTC of the names that mail knows (RFC 5322 §4.3) and of central Europe; others mean several places. */
const ZONES: Readonly<Record<string, number>> = {
  EST: -5,
  EDT: -4,
  CST: -6,
  CDT: -5,
  MST: -7,
  MDT: -6,
  PST: -8,
  PDT: -7,
  CET: 1,
  CEST: 2,
};
/** CloudTrail began in November 2013; EC2 in 2006. A year outside is a damaged or invented time. */
const EARLIEST = Date.UTC(2006, 0);
const LATEST = Date.UTC(2100, 0);
/** Numbers below are seconds (until the year 5138), then milli-, micro- and nanoseconds. */
const SECONDS_BELOW = 1e11;
const MILLISECONDS_BELOW = 1e14;
const MICROSECONDS_BELOW = 1e17;

/** Time of a record in ms since the epoch, from text or an epoch number; undefined when it is none. */
export function eventTime(value: unknown): number | undefined {
  const ms = typeof value === 'number' ? fromEpoch(value) : typeof value === 'string' ? fromText(value) : NaN;
  return ms >= EARLIEST && ms < LATEST ? ms : undefined;
}

const fromEpoch = (value: number): number =>
  Math.trunc(
    value < SECONDS_BELOW
      ? value * 1000
      : value < MILLISECONDS_BELOW
        ? value
        : value < MICROSECONDS_BELOW
          ? value / 1e3
          : value / 1e6,
  );

function fromText(value: string): number {
  const trimmed = value.trim();
  if (/^\d{9,19}(\.\d+)?$/.test(trimmed)) return fromEpoch(Number(trimmed));
  const match = WRITTEN.exec(trimmed);
  if (match === null) return fromOthers(trimmed);
  const [, year, month, day, hour, minute, second, fraction = '', , sign, offsetHours, offsetMinutes, zone] =
    match;
  if (Number(hour) > 23 || Number(minute) > 59 || Number(second) > 60) return NaN;
  const midnight = Date.UTC(Number(year), Number(month) - 1, Number(day));
  // Date.UTC rolls 31 April over to May; a date that does not exist is damage, not another date.
  const date = new Date(midnight);
  if (date.getUTCMonth() !== Number(month) - 1 || date.getUTCDate() !== Number(day)) return NaN;
  const clock = ((Number(hour) * 60 + Number(minute)) * 60 + Number(second)) * 1000;
  const ms = fraction === '' ? 0 : Number(fraction.slice(0, 3).padEnd(3, '0'));
  const written = midnight + clock + ms;
  if (zone !== undefined) return written - offsetOf(zone, written);
  if (sign === undefined) return written;
  return written - (Number(offsetHours) * 60 + Number(offsetMinutes)) * 60_000 * (sign === '-' ? -1 : 1);
}

const monthOf = (name: string): string => String(MONTHS.indexOf(name) + 1).padStart(2, '0');

function fromOthers(text: string): number {
  const unix = UNIX.exec(text);
  if (unix !== null) {
    const [, name = '', day = '', clock, zone, year] = unix;
    return fromText(`${year}-${monthOf(name)}-${day.padStart(2, '0')} ${clock} ${zone}`);
  }
  const mail = MAIL.exec(text);
  if (mail !== null) {
    const [, day = '', name = '', year, clock, zone] = mail;
    return fromText(`${year}-${monthOf(name)}-${day.padStart(2, '0')} ${clock} ${zone}`);
  }
  const portal = PORTAL.exec(text);
  if (portal === null) return NaN;
  const [, month = '', day = '', year, hour, minute, second, fraction = '0', half = ''] = portal;
  const hours = (Number(hour) % 12) + (half.toUpperCase() === 'PM' ? 12 : 0);
  const two = (part: string | number): string => String(part).padStart(2, '0');
  return fromText(`${year}-${two(month)}-${two(day)}T${two(hours)}:${minute}:${second}.${fraction}`);
}

/** How far a zone (`CET`, `Europe/Berlin`) is from UTC at a time on its own clocks, ms; NaN for what is no zone. */
function offsetOf(zone: string, clock: number): number {
  const hours = ZONES[zone.toUpperCase()];
  if (hours !== undefined) return hours * 3_600_000;
  if (!zone.includes('/')) return NaN;
  // once with the clock taken for UTC, and again with what that gave, for the hours around a change of time
  return offsetAt(zone, clock - offsetAt(zone, clock));
}

function offsetAt(zone: string, at: number): number {
  try {
    const parts = new Intl.DateTimeFormat('en-GB', {
      timeZone: zone,
      timeZoneName: 'longOffset',
    }).formatToParts(at);
    const written = parts.find(({ type }) => type === 'timeZoneName')?.value ?? '';
    const [, sign = '+', hours = '0', minutes = '0'] = /^GMT(?:([+-])(\d\d):(\d\d))?/.exec(written) ?? [];
    return (Number(hours) * 60 + Number(minutes)) * 60_000 * (sign === '-' ? -1 : 1);
  } catch {
    return NaN;
  }
}
