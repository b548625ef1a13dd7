import type { Activity } from '../activity/activity.ts';
import { subjectLabel } from '../activity/actor.ts';
import { kindsThat } from '../activity/kinds.ts';
import { accountScope } from '../history/facts.ts';
import type { Policy } from '../policy/policy.ts';
import type { Memory } from './memory.ts';
import { attempt } from './shared-publicly.ts';
import { listed, type Signal } from './signal.ts';

/** Id of the organisation in an id, or in the ARN of an organisation or of a unit of it. */
const organisationId = (written: string): string =>
  /(?:^|\/)(o-[a-z0-9]+)(?:\/|$)/.exec(written)?.[1] ?? written;

/** Accounts and organisations that are not ours among those shared with. */
export function outsideOf(activity: Activity, memory: Memory, policy: Policy): string[] {
  const { share, account, outcome } = activity;
  if (share === undefined) return [];
  const { accounts: ours, organisations } = policy.organisation;
  const partner = (other: string): boolean =>
    outcome === 'succeeded' && memory.familiarity(accountScope(activity), 'share', other) === 'familiar';
  const ourOrganisations = new Set(organisations.map(organisationId));
  return [
    ...share.accounts.filter(
      (other) => other !== account && !(ours.length > 0 ? ours.includes(other) : partner(other)),
    ),
    ...share.organisations.filter((other) =>
      organisations.length > 0 ? !ourOrganisations.has(organisationId(other)) : !partner(other),
    ),
  ];
}

/**
 * A snapshot or image opened to an account that is not ours (T1537): the data can be mounted there at leisure. While
 * the policy names no accounts of the organisation, accounts that have long been shared with count as ours; likewise
 * organisations.
 */
export const sharedOutside: Signal = {
  id: 'shared-outside',
  family: 'share',
  description: 'A snapshot or image shared with an account or organisation outside',
  appliesTo: kindsThat('share'),

  evaluate(activity, memory, policy) {
    const { share, outcome, links } = activity;
    if (share === undefined || share.public) return undefined;
    const outside = outsideOf(activity, memory, policy);
    if (outside.length === 0) return undefined;
    const what = listed(links.map(({ id }) => id));
    return {
      strength: attempt(outcome).strength,
      reason: `${subjectLabel(activity.actor)} ${attempt(outcome).verb} ${what} with ${listed(outside)}, outside the organisation`,
    };
  },
};
