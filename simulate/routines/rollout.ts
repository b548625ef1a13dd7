import type { AccountState, ScalingGroup } from '../account-state.ts';
import { changeGroup, changeTemplate, enableRegion } from '../ec2-control.ts';
import { copyImage } from '../ec2-images.ts';
import { type Estate, HOUR, MINUTE } from '../estate.ts';
import { imageOf, REGIONS, resourceId } from '../places.ts';
import { randomOf } from '../random.ts';
import { type Routine, sayer } from '../routine.ts';
import { signIn } from '../sessions.ts';

/** Not every new Region must be switched on first; where it must, the account says so. */
const OPT_IN = { share: 0.3, region: 'eu-south-1' };

/** Once in the history an operator takes a group to a Region the account has never used; Auto Scaling carries on. */
export function newRegion(estate: Estate, { account, groups }: AccountState): Routine {
  const random = randomOf(estate.seed, 'new region', account.id);
  const onDay = Math.floor(estate.days * (0.45 + 0.4 * random.next()));
  const optIn = random.chance(OPT_IN.share);
  const region = optIn ? OPT_IN.region : REGIONS.rollout;
  let done = false;
  return (day, emit) => {
    const [model] = groups;
    if (done || day.index < onDay || !day.working || model === undefined) return;
    done = true;
    const operators = estate.peopleIn(account).filter(({ job }) => job === 'operator');
    if (operators.length === 0) return;
    const person = random.pick(operators);
    const say = sayer(random, emit);
    const at = day.start + 9 * HOUR + random.int(0, 120) * MINUTE;
    const session = { at, source: person.office, console: false, command: 'ec2.copy-image' };
    const caller = signIn(estate, random, person, account.id, session);
    if (optIn) say(caller, at, enableRegion(region));
    const copy = copyImage(random, { region, from: REGIONS.home, image: model.image.id, name: 'base' });
    const image = { ...imageOf(random, model.image.rootDevice, model.image.architecture), id: copy.image };
    say(caller, at + 20 * MINUTE, copy.call);
    const template = { id: resourceId(random, 'lt'), name: model.name, version: 1 };
    const group: ScalingGroup = { ...model, region, image, running: [], template };
    const arn = caller.identity.arn ?? '';
    const data = { image: image.id, type: group.type, userData: true } as const;
    say(caller, at + 45 * MINUTE, changeTemplate(at + 45 * MINUTE, region, template, data, arn));
    const size = { min: 1, max: 6 };
    say(caller, at + 50 * MINUTE, changeGroup('CreateAutoScalingGroup', region, group.name, template, size));
    // From the next day on, Auto Scaling finds the group here among the others.
    groups.push(group);
  };
}
