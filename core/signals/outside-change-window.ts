import { LAUNCHES, type Signal, SNAPSHOTS } from './signal.ts';

const DAYS = ['sun', 'mon', 'tue', 'wed', 'thu', 'fri', 'sat'] as const;

/** MITRE's ChangeWindow element: changes when the organisation makes none. Services keep their own hours. */
export const outsideChangeWindow: Signal = {
  id: 'outside-change-window',
  family: 'place',
  description: "A launch or copy outside the policy's change window",
  appliesTo: [...LAUNCHES, ...SNAPSHOTS],

  evaluate({ at, actor }, _memory, { changeWindow }) {
    const { days, from, to, utcOffset } = changeWindow;
    if (days.length === 0 || actor.class === 'service') return undefined;
    const local = new Date(at + utcOffset * 60_000).toISOString();
    const time = local.slice(11, 16);
    const weekday = new Date(local).getUTCDay();
    const day = DAYS[weekday] ?? 'sun';
    // a window may run over midnight, e.g. 22:00 to 04:00; its small hours belong to the day on which it opened
    const overnight = from > to;
    const opened = overnight && time <= to ? (DAYS[(weekday + 6) % 7] ?? 'sun') : day;
    const inTime = overnight ? time >= from || time <= to : time >= from && time <= to;
    if (inTime && days.includes(opened)) return undefined;
    return {
      strength: 1,
      reason: `${day} ${time} is outside the change window (${days.join(', ')}, ${from}–${to})`,
    };
  },
};
