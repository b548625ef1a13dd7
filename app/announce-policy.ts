import { type PolicyDifference, policyDifference } from '../core/policy/difference.ts';
import type { Policy } from '../core/policy/policy.ts';
import { type PolicyChange, policyChangeText } from '../tell/policy-change.ts';
import { type PolicyInForceDeps, policyOf } from './policy-in-force.ts';
import type { Publisher } from './ports.ts';
import type { PolicyPointer } from './settings.ts';

/** What happened to an item of the settings. */
export type SettingChange =
  | { readonly item: 'pointer'; readonly before?: PolicyPointer; readonly after?: PolicyPointer }
  /** A version was put; that it is there says nothing before it is in force. */
  | { readonly item: 'version'; readonly version: number; readonly what: 'added' | 'altered' | 'removed' };

export interface AnnounceDeps
  extends Pick<PolicyInForceDeps, 'settings' | 'bundled' | 'defaults' | 'sha256'> {
  readonly alerts: Publisher;
  /** Address of docs/. */
  readonly docs?: string | undefined;
}

/**
 * Tells people of a change of the policy. It follows the table itself, so that whoever can write to it cannot keep that from being
 * told.
 */
export async function announcePolicy(deps: AnnounceDeps, change: SettingChange): Promise<void> {
  const told = await changeOf(deps, change);
  if (told === undefined) return;
  await deps.alerts.publish({
    ...policyChangeText(told, deps.docs),
    attributes: { severity: 'informational', status: 'policy' },
  });
}

async function changeOf(deps: AnnounceDeps, change: SettingChange): Promise<PolicyChange | undefined> {
  if (change.item === 'version')
    return change.what === 'added' ? undefined : { kind: change.what, version: change.version };
  const { before, after } = change;
  if (after === undefined) return before && { kind: 'nothing-in-force', before: before.version };
  if (before?.version === after.version && before.sha256 === after.sha256) return undefined;
  const stored = await deps.settings.version(after.version);
  const read = policyOf(stored, after, deps);
  if (!read.ok || stored === undefined)
    return { kind: 'unusable', version: after.version, reason: read.ok ? '' : read.reason };
  const { by, at, why, of } = stored;
  return {
    ...{ kind: 'in-force', after: after.version, by, at, why },
    ...(before !== undefined && { before: before.version }),
    ...(of !== undefined && { of }),
    ...(await since(deps, before, read.policy)),
  };
}

/** What is different from the policy before; nothing where that one cannot be read any more. */
async function since(
  deps: AnnounceDeps,
  before: PolicyPointer | undefined,
  policy: Policy,
): Promise<{ readonly differences?: readonly PolicyDifference[] }> {
  if (before === undefined) return { differences: policyDifference(deps.bundled, policy) };
  const earlier = policyOf(await deps.settings.version(before.version), before, deps);
  return earlier.ok ? { differences: policyDifference(earlier.policy, policy) } : {};
}
