import type { Activity } from '../../activity/activity.ts';
import { clean } from '../../activity/clean.ts';
import { digest } from '../../activity/digest.ts';
import { bounded } from '../cloudtrail/bounds.ts';
import type { Normalised, SkipReason } from '../cloudtrail/cloudtrail.ts';
import { eventTime } from '../cloudtrail/event-time.ts';
import { addressOf } from '../cloudtrail/origin.ts';
import { type Obj, text } from '../cloudtrail/read.ts';
import { bodyOf } from './body.ts';
import { type AzureEvent, azureEvent } from './event.ts';
import { actorOf, clientOf, subscriptionOf } from './identity.ts';
import { azureOperation, unwatchedAzure } from './operations.ts';
import { azureOutcome } from './outcome.ts';
import { regionIn } from './readers.ts';

const skipped = (reason: SkipReason): Normalised => ({ ok: false, reason });

/** Categories that hold acts. The others tell of health, alerts and advice. `Write`, `Delete` and `Action` are of before 2019. */
const CATEGORIES: ReadonlySet<string> = new Set([
  '',
  'administrative',
  'autoscale',
  'write',
  'delete',
  'action',
]);
const MAX_DETAIL = 200;

/** Turns one record of Azure's activity log into a part of an act; undefined for anything else. Never throws. */
export function fromAzure(record: Obj): Normalised | undefined {
  const event = azureEvent(record);
  if (event === undefined) return undefined;
  const operation = azureOperation(event.operation);
  if (operation === undefined || !CATEGORIES.has(event.category.toLowerCase()))
    return skipped(unwatchedAzure(event.operation) ?? 'not-watched');
  const { phase } = event;
  if (phase === undefined) return skipped('not-watched');
  const at = eventTime(event.time);
  if (at === undefined) return skipped('no-time');
  const account = subscriptionOf(event.resourceId) ?? event.tenant?.toLowerCase();
  if (account === undefined) return skipped('no-account');
  const body = event.failed ? undefined : bodyOf(event.properties);
  const effect = operation.read({
    id: event.resourceId,
    body,
    at,
    detail: event.detail,
    properties: event.properties,
  });
  if (effect === undefined) return skipped('no-effect');
  const { outcome, error } = azureOutcome(event);
  const act = actOf(event, at);
  const activity: Activity = {
    id: `${act}:${phase}`,
    at,
    account,
    region: regionIn(body),
    kind: effect.kind ?? operation.kind,
    action: event.operation,
    actor: actorOf(event),
    origin: originOf(event),
    outcome,
    ...(error !== undefined && { error: clean(error, 100) }),
    links: effect.links,
    ...(effect.launch !== undefined && { launch: effect.launch }),
    ...(effect.posture !== undefined && { posture: effect.posture }),
    ...(effect.plan !== undefined && { plan: effect.plan }),
    ...(effect.share !== undefined && { share: effect.share }),
    ...(effect.ingress !== undefined && { ingress: effect.ingress }),
    ...(effect.detail !== undefined && { detail: clean(effect.detail, MAX_DETAIL) }),
    ...(effect.tags !== undefined && { tags: effect.tags }),
    part: {
      act,
      phase,
      ...((body !== undefined || !operation.needsBody) && { details: true }),
      // what was done at once was never said to be taken on
      ...(phase === 'ended' && body !== undefined && { alone: true }),
    },
  };
  return { ok: true, activity: bounded(activity) };
}

/**
 * Names an act by what every form of the log has: forms differ in their ids. The correlation alone names more, such as all that is
 * deleted with a group.
 */
function actOf({ correlation, own, resourceId, operation }: AzureEvent, at: number): string {
  return `${digest([resourceId, operation])}-${(correlation ?? own?.split('/').at(-1) ?? String(at)).toLowerCase()}`;
}

function originOf({ address, claims }: AzureEvent): Activity['origin'] {
  const agent = clientOf(text(claims.appid));
  return { ...addressOf(address), agent, console: agent === 'console' };
}
