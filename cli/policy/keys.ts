import type { SignalId } from '../../core/policy/weights.ts';

/** What a key of the policy does, as docs/policy.md says it; tests hold both against each other and against the signals. */
export interface PolicyKey {
  readonly does: string;
  /** Signals that look at it when they are asked; `many`: more than a dozen. Absent where none does. */
  readonly signals?: readonly SignalId[] | 'many';
}

export const POLICY_KEYS: Readonly<Record<string, PolicyKey>> = {
  'organisation.accounts': {
    does: 'Our account ids. Sharing with any other is "outside". While it is empty, accounts that have long been shared with count as ours.',
    signals: [
      'chain-across-principals',
      'foreign-actor',
      'guardrail-disabled-before',
      'shared-outside',
      'shared-snapshot-used',
      'snapshot-soon-removed',
    ],
  },
  'organisation.partners': {
    does: 'Vendors that data is shared with on purpose, as agentless scanners do: a habit after one earlier day, not four.',
    signals: ['guardrail-disabled-before', 'shared-outside'],
  },
  'organisation.organisations': {
    does: 'Ids (`o-…`) or ARNs of our AWS organisations; sharing with one of them is not outside.',
    signals: ['guardrail-disabled-before', 'shared-outside', 'snapshot-soon-removed'],
  },
  'organisation.networks': {
    does: 'Addresses of offices, VPN exits and data centres, as CIDRs.',
    signals: ['instance-credentials-elsewhere', 'outside-policy-place'],
  },
  'organisation.sensitiveAccounts': {
    does: 'Accounts whose every volume and snapshot is sensitive.',
    signals: ['sensitive-data-on-instance', 'sensitive-volume'],
  },
  'identities.person': { does: 'What we call the person.' },
  'identities.ids': {
    does: 'Names that clouds vouch for: object id (Azure), e-mail (Google), user of Identity Center, principal id of an IAM user.',
  },
  'userContext.newIdentity': {
    does: 'How long a user, role or access key counts as just created or newly able.',
    signals: ['account-unfamiliar-region', 'fresh-identity'],
  },
  'userContext.minActiveDays': {
    does: 'Days on which an actor must have been active before the lack of a habit means anything; 1 to 10.',
    signals: 'many',
  },
  'userContext.minActiveDaysForHours': {
    does: 'The same before an hour of day can be unusual; 1 to 10.',
    signals: ['unusual-hour'],
  },
  'geoLocation.regions': {
    does: 'Regions in which launches and snapshots are allowed; empty allows all.',
    signals: ['outside-policy-place'],
  },
  'geoLocation.countries': {
    does: 'Countries calls may come from (ISO 3166-1, two capital letters); empty allows all. Needs a country database.',
    signals: ['outside-policy-place'],
  },
  'geoLocation.onlyFromNetworks': {
    does: 'Whether people must call from `organisation.networks`.',
    signals: ['outside-policy-place'],
  },
  'geoLocation.newRegion': {
    does: 'How long a Region counts as just enabled.',
    signals: ['region-just-enabled'],
  },
  'rateThreshold.instances': {
    does: "Instances started. An actor's own habit raises this, never lowers it; far above one's habit is judged separately.",
    signals: ['accelerated-launch', 'launch-burst'],
  },
  'rateThreshold.regions': {
    does: 'Unfamiliar Regions with launches or attempts.',
    signals: ['many-regions'],
  },
  'rateThreshold.snapshots': {
    does: 'Snapshots made or copied, unless the actor has long made as many.',
    signals: ['snapshot-burst'],
  },
  'rateThreshold.refused': {
    does: 'Launches refused for rights or quota, or tried as a dry run, that make a sweep.',
    signals: ['refused-attempts'],
  },
  timeWindow: {
    does: 'Length of the window that rates are counted in, and how far apart activities of one actor may lie and still be one finding. Not 0.',
    signals: 'many',
  },
  lineageWindow: {
    does: 'How far back data is followed from an instance through volumes, snapshots and images to where it was copied. Not 0.',
  },
  'taggingPolicy.required': {
    does: 'Tag keys that every launch must set; empty asks for none.',
    signals: ['missing-tags'],
  },
  'volumeSensitivity.tags': {
    does: 'Tag key → values that make a volume sensitive; `*` is any value.',
    signals: ['sensitive-data-on-instance', 'sensitive-volume'],
  },
  'volumeSensitivity.volumes': {
    does: 'Sensitive volumes and snapshots by id.',
    signals: ['sensitive-data-on-instance', 'sensitive-volume'],
  },
  'changeWindow.days': {
    does: 'Days of the week: `mon`, `tue`, `wed`, `thu`, `fri`, `sat`, `sun`.',
    signals: ['outside-change-window'],
  },
  'changeWindow.from': { does: 'Begin of the window on those days.', signals: ['outside-change-window'] },
  'changeWindow.to': {
    does: 'End of the window. Before `from` it lies on the next morning.',
    signals: ['outside-change-window'],
  },
  'changeWindow.utcOffset': {
    does: 'Minutes to add to UTC for these times; -840 to 840.',
    signals: ['outside-change-window'],
  },
  'learning.period': {
    does: 'How long after an account is first seen evidence that rests on novelty alone stays LOW; `0d` for none.',
  },
  'learning.settle': { does: 'How long a value stays new after it was first seen.', signals: 'many' },
  'learning.quarantine': {
    does: 'How long a value first seen in a MEDIUM or worse finding is not learnt.',
    signals: 'many',
  },
  'learning.keyQuarantine': {
    does: 'The same in a CRITICAL finding, by way of a long-lived key or for the account as a whole; never shorter than `quarantine`.',
  },
  'signals.weights': {
    does: 'Signal id → weight, 0 to 1, in place of the built-in one. A weight of 0.4 alone reaches MEDIUM.',
  },
  'signals.off': { does: 'Signals that are not asked at all.' },
  'suppressions.signal': { does: 'Id of the signal.' },
  'suppressions.account': { does: 'Account of the activity.' },
  'suppressions.actor': { does: "Part of the actor's label." },
  'suppressions.subject': {
    does: 'Key of the one who acts, in full. Nobody else has it, also no role that is made anew under the same name.',
  },
  'suppressions.regions': { does: 'Regions, of which it must be in one.' },
  'suppressions.networks': {
    does: 'CIDRs that the call must come from, or the AWS service that makes it.',
  },
  'suppressions.resources': {
    does: 'Ids of all that it uses or changes: images, snapshots, volumes, instances, groups, templates, profiles. What it makes is not asked about.',
  },
  'suppressions.peers': {
    does: 'Accounts and organisations, all that it shares with, or the account of the stranger who acts. What is shared with everyone fits no list.',
  },
  'suppressions.reason': { does: 'Why, for those who find it later.' },
  'suppressions.owner': { does: 'Who answers for it.' },
  'suppressions.expires': { does: 'Its last day, UTC.' },
  'severity.low': { does: 'Context for a hunt; below it there is no finding.' },
  'severity.medium': { does: 'Look today.' },
  'severity.high': { does: 'Look now.' },
  'severity.critical': { does: 'Wake someone.' },
  'response.minSeverity': {
    does: 'Lowest severity at which instances are tagged, where tagging is switched on: `low`, `medium`, `high`, `critical`.',
  },
};
