import type { AccountState, ScalingGroup } from '../account-state.ts';
import { changeState } from '../ec2-control.ts';
import { type Estate, HOUR, MINUTE } from '../estate.ts';
import { randomOf } from '../random.ts';
import { type Routine, sayer } from '../routine.ts';
import { autoScalingCaller, groupLaunch } from '../service-launches.ts';
import { refused } from '../trail-record.ts';

/** Capacity runs out now and then; Auto Scaling tries the next zone. */
const NO_CAPACITY = 0.03;

/** Groups grow in the morning and shrink in the evening; a sick instance is replaced at any hour. */
export function autoScaling(estate: Estate, { account, groups }: AccountState): Routine {
  const random = randomOf(estate.seed, 'auto scaling', account.id);

  return (day, emit) => {
    const say = sayer(random, emit);
    const caller = autoScalingCaller(estate, random, account.id, day.start);
    const grow = (group: ScalingGroup, at: number, count: number): void => {
      if (count < 1) return;
      const place = estate.places(account.id, group.region);
      const lacking = random.chance(NO_CAPACITY);
      if (lacking) {
        const message = `We currently do not have sufficient ${group.type} capacity in the Availability Zone you requested.`;
        say(caller, at, (now) =>
          refused(
            groupLaunch(random, now, place, group, count).call,
            'Server.InsufficientInstanceCapacity',
            message,
          ),
        );
      }
      say(caller, lacking ? at + random.int(20, 90) * 1000 : at, (now) => {
        const { call, instances } = groupLaunch(random, now, place, group, count);
        group.running.push(...instances);
        return call;
      });
    };
    const shrink = (group: ScalingGroup, at: number, count: number): void =>
      say(caller, at, () => {
        const gone = group.running.splice(0, Math.min(count, Math.max(0, group.running.length - 1)));
        return gone.length === 0 ? undefined : changeState('TerminateInstances', group.region, gone);
      });
    for (const group of groups) {
      if (random.chance(0.3)) {
        const at = day.start + random.int(0, 24 * 60) * MINUTE;
        shrink(group, at, 1);
        grow(group, at + MINUTE, 1);
      }
      if (!day.working) continue;
      const peak = random.int(2, 5);
      grow(group, day.start + 6 * HOUR + random.int(0, 90) * MINUTE, Math.ceil(peak / 2));
      grow(group, day.start + 8 * HOUR + random.int(0, 120) * MINUTE, Math.floor(peak / 2));
      shrink(group, day.start + 17 * HOUR + random.int(0, 180) * MINUTE, peak);
    }
  };
}
