import type { Outcome } from '../../activity/activity.ts';
import { at, get, items, type Obj, text } from '../cloudtrail/read.ts';

/** Names of the codes of google.rpc.Code. */
const NAMES: Readonly<Record<number, string>> = {
  3: 'INVALID_ARGUMENT',
  5: 'NOT_FOUND',
  6: 'ALREADY_EXISTS',
  7: 'PERMISSION_DENIED',
  8: 'RESOURCE_EXHAUSTED',
  9: 'FAILED_PRECONDITION',
  10: 'ABORTED',
  13: 'INTERNAL',
  16: 'UNAUTHENTICATED',
};

/** Words of a refusal for want of quota or capacity; the codes beside them differ. Source: issues of Google's own client libraries. */
const LIMITED =
  /quota_?exceeded|ZONE_RESOURCE_POOL_EXHAUSTED|does not have enough resources|quota '?\w+'? exceeded/i;

/** How an act ended, and the name of its error. What system events say of a state has no code, and is none. */
export function googleOutcome(payload: Obj): { outcome: Outcome; error?: string } {
  const code = get(payload.status, 'code');
  if (typeof code !== 'number' || code === 0) return { outcome: 'succeeded' };
  const name = NAMES[code] ?? `code ${code}`;
  const said = [
    text(get(payload.status, 'message'), 1024) ?? '',
    JSON.stringify(get(payload.status, 'details') ?? ''),
  ].join(' ');
  const errors = items(at(payload, 'response', 'error', 'errors'));
  const reason = text(get(errors[0], 'reason')) ?? '';
  if (LIMITED.test(said) || LIMITED.test(reason) || code === 8) return { outcome: 'limited', error: name };
  const byPolicy = code === 9 && /constraints\//.test(said);
  const policy = at(payload, 'policyViolationInfo', 'orgPolicyViolationInfo');
  const isRefused = code === 7 || code === 16 || byPolicy || (code === 9 && policy !== undefined);
  return { outcome: isRefused ? 'denied' : 'failed', error: name };
}
