import type { Outcome } from '../../activity/activity.ts';
import { isObj, items, type Obj, text } from '../cloudtrail/read.ts';
import { structure } from '../cloudtrail/structure.ts';
import type { AzureEvent } from './event.ts';

/** Source: learn.microsoft.com, "Troubleshoot common Azure deployment errors", and captured records. */
const DENIED =
  /^(?:AuthorizationFailed|LinkedAuthorizationFailed|InvalidAuthenticationTokenTenant|RequestDisallowedByPolicy|ScopeLocked|Forbidden|Unauthorized|401|403|CannotDelete\w*)$/i;
const LIMITED =
  /^(?:QuotaExceeded|ResourceQuotaExceeded|SkuNotAvailable|AllocationFailed|ZonalAllocationFailed|OverconstrainedAllocationRequest|OverconstrainedZonalAllocationRequest|PublicIPCountLimitReached|RegionDoesNotAllowProvisioning)$/i;

/** How an act ended, and the name of its error. */
export function azureOutcome({ failed, detail, properties }: AzureEvent): {
  outcome: Outcome;
  error?: string;
} {
  if (!failed) return { outcome: 'succeeded' };
  const found = errorsIn(structure(properties.statusMessage), 0);
  for (const { code, message } of found) {
    if (DENIED.test(code)) return { outcome: 'denied', error: code };
    // the code has other causes, too: the message decides
    if (LIMITED.test(code) || (code === 'OperationNotAllowed' && /quota/i.test(message)))
      return { outcome: 'limited', error: code };
  }
  const said = text(properties.statusCode) ?? detail;
  const denied = [detail, said].find((each) => DENIED.test(each));
  const error = found[0]?.code ?? denied ?? (said === '' ? 'Failed' : said);
  return { outcome: denied === undefined ? 'failed' : 'denied', error };
}

/** Codes of an error and of what is nested in it, the outermost first. */
function errorsIn(value: unknown, depth: number): { code: string; message: string }[] {
  if (!isObj(value) || depth > 6) return [];
  const own: Obj = isObj(value.error) ? value.error : value;
  const code = text(own.code);
  const inner = [...items(own.details), ...items(own.errorDetails)].flatMap((each) =>
    errorsIn(each, depth + 1),
  );
  return code === undefined ? inner : [{ code, message: text(own.message, 1024) ?? '' }, ...inner];
}
