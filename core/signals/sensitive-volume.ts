import type { Activity } from '../activity/activity.ts';
import { does, kindsThat } from '../activity/kinds.ts';
import { subjectScope } from '../history/facts.ts';
import type { Policy } from '../policy/policy.ts';
import type { Signal } from './signal.ts';

/** Why the policy calls an activity's source sensitive, or undefined. */
export function sensitivity({ links, tags = {}, account }: Activity, policy: Policy): string | undefined {
  const { volumes, tags: wanted } = policy.volumeSensitivity;
  const volume = links.find(({ id }) => volumes.includes(id));
  if (volume !== undefined) return `${volume.id} is listed in volumeSensitivity`;
  for (const [key, values] of Object.entries(wanted)) {
    const value = tags[key];
    if (value !== undefined && (values.includes('*') || values.includes(value))) {
      return `its tag ${key}=${value} is listed in volumeSensitivity`;
    }
  }
  return policy.organisation.sensitiveAccounts.includes(account)
    ? `account ${account} is sensitive`
    : undefined;
}

/** MITRE's VolumeSensitivity element. Whoever copies such data as a habit is left alone, unless it is shared. */
export const sensitiveVolume: Signal = {
  id: 'sensitive-volume',
  family: 'sensitivity',
  description: 'A copy or share of data that the policy calls sensitive',
  appliesTo: kindsThat('copy', 'share'),

  evaluate(activity, memory, policy) {
    const why = sensitivity(activity, policy);
    if (why === undefined) return undefined;
    const shared = does(activity.kind, 'share');
    const habit = memory.familiarity(subjectScope(activity), 'kind', activity.kind);
    if (!shared && (habit === 'familiar' || activity.actor.class === 'service')) return undefined;
    return { strength: 1, reason: `Sensitive data: ${why}` };
  },
};
