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
    const day = DAYS[new Date(local).getUTCDay()] ?? 'sun';
    // a window may run over midnight, e.g. 22:00 to 04:00
    const inTime = from <= to ? time >= from && time <= to : time >= from || time <= to;
    if (inTime && days.includes(day)) return undefined;
    return {
      strength: 1,
      reason: `${day} ${time} is outside the change window (${days.join(', ')}, ${from}–${to})`,
    };
  },
};
