/**
 * How sure one signal at full strength makes us, 0..1: a weight of 0.4 alone reaches MEDIUM, 0.7 HIGH, 0.9 CRITICAL.
 * Each value's reason stands in docs/signals.md.
 */
export const WEIGHTS = {
  // person
  'first-launch': 0.35,
  'new-person-behind-role': 0.2,
  'fresh-identity': 0.45,
  'newly-able': 0.6,
  'root-launch': 0.5,
  'console-without-mfa': 0.25,
  'key-from-new-network': 0.4,
  'instance-credentials-elsewhere': 0.75,
  'foreign-actor': 0.35,
  // place
  'unfamiliar-region': 0.3,
  'account-unfamiliar-region': 0.4,
  'region-just-enabled': 0.45,
  'unfamiliar-network': 0.3,
  'outside-policy-place': 0.45,
  'unusual-hour': 0.12,
  'outside-change-window': 0.15,
  // thing
  'unfamiliar-type': 0.13,
  'accelerated-launch': 0.6,
  'launch-behind-automation': 0.55,
  'code-on-new-instance': 0.4,
  'unfamiliar-image': 0.07,
  'unfamiliar-profile': 0.4,
  'user-data-with-fresh-key': 0.3,
  'missing-tags': 0.2,
  'tool-user-agent': 0.4,
  // volume
  'launch-burst': 0.4,
  'large-first-launch': 0.35,
  'many-regions': 0.5,
  'refused-attempts': 0.5,
  // snapshot
  'unfamiliar-snapshotter': 0.3,
  'first-snapshot-of-volume': 0.12,
  'sensitive-volume': 0.3,
  'snapshot-burst': 0.3,
  'shared-outside': 0.75,
  'shared-publicly': 0.92,
  'data-exported': 0.7,
  'shared-snapshot-used': 0.72,
  'snapshot-soon-removed': 0.35,
  // chain, exposure, cover
  'copied-data-on-instance': 0.75,
  'chain-across-principals': 0.4,
  'sensitive-data-on-instance': 0.4,
  'copied-data-exposed': 0.88,
  'new-instance-opened': 0.45,
  'copied-data-removed': 0.4,
  'new-instances-protected': 0.45,
  'guardrail-disabled-before': 0.45,
  'finding-tag-removed': 0.5,
  // coverage
  'unrecorded-launch': 0.75,
  'unrecorded-change': 0.6,
  'coverage-disabled': 0.75,
  'coverage-lost': 0.7,
} as const;

export type SignalId = keyof typeof WEIGHTS;

export const SIGNAL_IDS = Object.keys(WEIGHTS) as [SignalId, ...SignalId[]];
