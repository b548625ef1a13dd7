import type { Policy } from '../core/policy/policy.ts';

/** The stack puts policies in the place of these names when it bundles a handler. */
declare const LAUNCHTRAIL_POLICY: Policy;
declare const LAUNCHTRAIL_DEFAULTS: Policy;

/**
 * The policy this function was deployed with, checked and completed by the stack: doing that again, with a library for
 * it, would take 2 ms of every cold start. It is judged by until one is pushed.
 */
export const bundledPolicy: Policy = LAUNCHTRAIL_POLICY;

/** What a key gets that a pushed policy does not have. */
export const defaults: Policy = LAUNCHTRAIL_DEFAULTS;
