import * as v from 'valibot';
import { type Policy, PolicySchema } from '../core/policy.ts';

/** The policy file as written; the stack puts it in the place of this name when it bundles a handler. */
declare const LAUNCHTRAIL_POLICY: unknown;

/** The policy this function was deployed with; all defaults when there was none. Checked again, so that a hand-made bundle cannot judge by nonsense. */
export const bundledPolicy = (): Policy =>
  v.parse(PolicySchema, typeof LAUNCHTRAIL_POLICY === 'undefined' ? {} : LAUNCHTRAIL_POLICY);
