import type { Policy } from '../core/policy/policy.ts';

/** The stack puts a policy in the place of this name when it bundles a handler. */
declare const LAUNCHTRAIL_POLICY: Policy;

/**
 * The policy this function was deployed with, checked and completed by the stack: doing that again, with a library for
 * it, would take 2 ms of every cold start.
 */
export const bundledPolicy: Policy = LAUNCHTRAIL_POLICY;
