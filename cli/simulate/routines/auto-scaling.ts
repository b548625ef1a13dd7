import type { AccountState, ScalingGroup } from '../account-state.ts';
import { changeState } from '../ec2-control.ts';
import { type Estate, HOUR, MINUTE } from '../estate.ts';
import { type Random, randomOf } from '../random.ts';
import { type Routine, type Say, sayer } from '../routine.ts';
import { autoScalingCaller, groupLaunch } from '../service-launches.ts';
import { type Caller, refused } from '../trail-record.ts';

/** Capacity runs out now and then; Auto Scaling tries the next zone. */
const NO_CAPACITY = 0.03;

/** Groups grow in the morning and shrink in the evening; a sick instance is replaced at any hour. */
export function autoScaling(estate: Estate, state: AccountState): Routine {
  const { id } = state.account;
  const random = randomOf(estate.seed, 'auto scaling', id);
  const caller = (at: number) => autoScalingCaller(estate, random, id, at);

  return (day, emit) => {
    const say = sayer(random, emit);
    for (const group of state.groups) {
      const grow = (at: number, count: number): void =>
        launch(estate, random, say, caller, id, group, at, count);
      const shrink = (at: number, count: number): void => {
        const gone = group.running.splice(0, Math.min(count, Math.max(0, group.running.length - 1)));
        if (gone.length > 0) say(caller(at), at, changeState('TerminateInstances', group.region, gone));
      };
      if (random.chance(0.3)) {
        const at = day.start + random.int(0, 24 * 60) * MINUTE;
        shrink(at, 1);
        grow(at + MINUTE, 1);
      }
      if (!day.working) continue;
      const peak = random.int(2, 5);
      grow(day.start + 6 * HOUR + random.int(0, 90) * MINUTE, Math.ceil(peak / 2));
      grow(day.start + 8 * HOUR + random.int(0, 120) * MINUTE, Math.floor(peak / 2));
      shrink(day.start + 17 * HOUR + random.int(0, 180) * MINUTE, peak);
    }
  };
}

function launch(
  estate: Estate,
  random: Random,
  say: Say,
  caller: (at: number) => Caller,
  account: string,
  group: ScalingGroup,
  at: number,
  count: number,
): void {
  if (count < 1) return;
  const place = estate.places(account, group.region);
  const { call, instances } = groupLaunch(random, at, place, group, count);
  let when = at;
  if (random.chance(NO_CAPACITY)) {
    const message = `We currently do not have sufficient ${group.type} capacity in the Availability Zone you requested.`;
    say(caller(when), when, refused(call, 'Server.InsufficientInstanceCapacity', message));
    when += random.int(20, 90) * 1000;
  }
  say(caller(when), when, call);
  group.running.push(...instances);
}
