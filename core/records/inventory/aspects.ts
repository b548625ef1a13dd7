import type { Aspect } from '../../activity/activity.ts';
import type { Kind } from '../../activity/kinds.ts';
import type { Baseline, SeenInstance } from './seen.ts';

/** What may have changed on an instance, and the kinds of recorded changes that explain it. */
const EXPLAINED_BY: Readonly<Record<Aspect, readonly Kind[]>> = {
  image: ['instance.replace-root'],
  'instance profile': ['profile.attach'],
  'security groups': ['instance.modify'],
  'public address': ['address.associate', 'instance.modify', 'instance.start'],
  'metadata options': ['metadata.change'],
  'user data': ['instance.modify'],
  volumes: ['volume.attach', 'instance.replace-root'],
};

/** Whether a recorded change of some kind explains that an aspect has changed. */
export const explains = (kind: Kind, aspect: Aspect): boolean => EXPLAINED_BY[aspect].includes(kind);

/**
 * What has changed on an instance since its baseline in a way that gives somebody more: a right less, or a group or volume taken
 * away, does not.
 */
export function driftOf(before: Baseline, seen: SeenInstance): Aspect[] {
  const isNew = <T>(now: T | undefined, then: T | undefined): boolean => now !== undefined && now !== then;
  const changed: Record<Aspect, boolean> = {
    image: isNew(seen.image, before.image),
    'instance profile': isNew(seen.profile, before.profile),
    'security groups': seen.groups.some((each) => !before.groups.includes(each)),
    'public address': seen.publicAddress === true && before.publicAddress !== true,
    'metadata options': seen.httpTokens === 'optional' && before.httpTokens === 'required',
    'user data': isNew(seen.userData, before.userData),
    volumes: seen.volumes.some(({ id }) => !before.volumes.includes(id)),
  };
  return (Object.keys(changed) as Aspect[]).filter((aspect) => changed[aspect]);
}
