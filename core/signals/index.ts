import { acceleratedLaunch } from './accelerated-launch.ts';
import { accountUnfamiliarRegion } from './account-unfamiliar-region.ts';
import { chainAcrossPrincipals } from './chain-across-principals.ts';
import { codeOnNewInstance } from './code-on-new-instance.ts';
import { consoleWithoutMfa } from './console-without-mfa.ts';
import { copiedDataExposed } from './copied-data-exposed.ts';
import { copiedDataOnInstance } from './copied-data-on-instance.ts';
import { copiedDataRemoved } from './copied-data-removed.ts';
import { coverageDisabled } from './coverage-disabled.ts';
import { coverageLost } from './coverage-lost.ts';
import { dataExported } from './data-exported.ts';
import { findingTagRemoved } from './finding-tag-removed.ts';
import { firstLaunch } from './first-launch.ts';
import { firstSnapshotOfVolume } from './first-snapshot-of-volume.ts';
import { foreignActor } from './foreign-actor.ts';
import { freshIdentity } from './fresh-identity.ts';
import { guardrailDisabledBefore } from './guardrail-disabled-before.ts';
import { instanceCredentialsElsewhere } from './instance-credentials-elsewhere.ts';
import { keyFromNewNetwork } from './key-from-new-network.ts';
import { largeFirstLaunch } from './large-first-launch.ts';
import { launchBehindAutomation } from './launch-behind-automation.ts';
import { launchBurst } from './launch-burst.ts';
import { manyRegions } from './many-regions.ts';
import { missingTags } from './missing-tags.ts';
import { newInstanceOpened } from './new-instance-opened.ts';
import { newInstancesProtected } from './new-instances-protected.ts';
import { newPersonBehindRole } from './new-person-behind-role.ts';
import { newlyAble } from './newly-able.ts';
import { outsideChangeWindow } from './outside-change-window.ts';
import { outsidePolicyPlace } from './outside-policy-place.ts';
import { refusedAttempts } from './refused-attempts.ts';
import { regionJustEnabled } from './region-just-enabled.ts';
import { rootLaunch } from './root-launch.ts';
import { sensitiveDataOnInstance } from './sensitive-data-on-instance.ts';
import { sensitiveVolume } from './sensitive-volume.ts';
import { sharedOutside } from './shared-outside.ts';
import { sharedPublicly } from './shared-publicly.ts';
import { sharedSnapshotUsed } from './shared-snapshot-used.ts';
import type { Signal } from './signal.ts';
import { snapshotBurst } from './snapshot-burst.ts';
import { snapshotSoonRemoved } from './snapshot-soon-removed.ts';
import { toolUserAgent } from './tool-user-agent.ts';
import { unfamiliarImage } from './unfamiliar-image.ts';
import { unfamiliarNetwork } from './unfamiliar-network.ts';
import { unfamiliarProfile } from './unfamiliar-profile.ts';
import { unfamiliarRegion } from './unfamiliar-region.ts';
import { unfamiliarSnapshotter } from './unfamiliar-snapshotter.ts';
import { unfamiliarType } from './unfamiliar-type.ts';
import { unrecordedChange } from './unrecorded-change.ts';
import { unrecordedLaunch } from './unrecorded-launch.ts';
import { unusualHour } from './unusual-hour.ts';
import { userDataWithFreshKey } from './user-data-with-fresh-key.ts';

/** Every signal there is: the one place to add one. */
export const signals: readonly Signal[] = [
  firstLaunch,
  newPersonBehindRole,
  freshIdentity,
  rootLaunch,
  consoleWithoutMfa,
  keyFromNewNetwork,
  instanceCredentialsElsewhere,
  foreignActor,
  unfamiliarRegion,
  accountUnfamiliarRegion,
  regionJustEnabled,
  unfamiliarNetwork,
  outsidePolicyPlace,
  unusualHour,
  outsideChangeWindow,
  unfamiliarType,
  acceleratedLaunch,
  launchBehindAutomation,
  codeOnNewInstance,
  unfamiliarImage,
  unfamiliarProfile,
  userDataWithFreshKey,
  missingTags,
  toolUserAgent,
  launchBurst,
  largeFirstLaunch,
  manyRegions,
  refusedAttempts,
  unfamiliarSnapshotter,
  firstSnapshotOfVolume,
  sensitiveVolume,
  snapshotBurst,
  sharedOutside,
  sharedPublicly,
  dataExported,
  sharedSnapshotUsed,
  snapshotSoonRemoved,
  copiedDataOnInstance,
  chainAcrossPrincipals,
  sensitiveDataOnInstance,
  copiedDataExposed,
  newInstanceOpened,
  copiedDataRemoved,
  newInstancesProtected,
  guardrailDisabledBefore,
  findingTagRemoved,
  unrecordedLaunch,
  unrecordedChange,
  coverageDisabled,
  coverageLost,
  newlyAble,
];
