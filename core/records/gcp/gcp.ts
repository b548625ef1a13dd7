import type { Activity, Link, Phase } from '../../activity/activity.ts';
import { clean } from '../../activity/clean.ts';
import { digest } from '../../activity/digest.ts';
import type { Kind } from '../../activity/kinds.ts';
import { bounded } from '../cloudtrail/bounds.ts';
import type { Normalised, SkipReason } from '../cloudtrail/cloudtrail.ts';
import { eventTime } from '../cloudtrail/event-time.ts';
import { addressOf } from '../cloudtrail/origin.ts';
import { type Obj, text, textOf } from '../cloudtrail/read.ts';
import { agentFamily, TOOL_AGENTS } from '../cloudtrail/user-agent.ts';
import { type GoogleEntry, googleEntry, phaseOf, regionOf } from './entry.ts';
import { actorOf } from './identity.ts';
import { googleMethod, unwatchedGoogle } from './methods.ts';
import { googleOutcome } from './outcome.ts';

const skipped = (reason: SkipReason): Normalised => ({ ok: false, reason });

const MAX_DETAIL = 200;

/** Turns one entry of Google's audit logs into an activity or a part of an act; undefined for anything else. Never throws. */
export function fromGoogle(record: Obj): Normalised | undefined {
  const entry = googleEntry(record);
  if (entry === undefined) return undefined;
  const method = googleMethod(entry.method);
  if (method === undefined) return skipped(unwatchedGoogle(entry.method) ?? 'not-watched');
  // what Google does by itself (moves, repairs) is no act, and who was refused by a perimeter is told in `activity`, too
  if (entry.log === 'system_event' || entry.log === 'policy') return skipped('not-watched');
  const at = eventTime(entry.time);
  if (at === undefined) return skipped('no-time');
  const account = entry.account;
  if (account === undefined) return skipped('no-account');
  const effect = method.read({ ...entry, id: entry.resource, project: account });
  if (effect === undefined) return skipped('no-effect');
  const { outcome, error } = googleOutcome(entry.payload);
  const phase = phaseOf(entry);
  const act = actOf(entry, at);
  const activity: Activity = {
    id: phase === undefined ? act : `${act}:${phase}`,
    at,
    account,
    region: regionOf(entry),
    kind: effect.kind ?? method.kind,
    action: entry.method,
    actor: actorOf(entry, account),
    origin: originOf(entry),
    outcome,
    ...(error !== undefined && { error }),
    links: withNumber(effect.links, entry),
    ...(effect.launch !== undefined && { launch: effect.launch }),
    ...(effect.posture !== undefined && { posture: effect.posture }),
    ...(effect.plan !== undefined && { plan: effect.plan }),
    ...(effect.share !== undefined && { share: effect.share }),
    ...(effect.ingress !== undefined && { ingress: effect.ingress }),
    ...(effect.detail !== undefined && { detail: clean(effect.detail, MAX_DETAIL) }),
    ...(phase !== undefined && {
      part: { act, phase, ...(tellsAll(entry, method.kind, phase) && { details: true }) },
    }),
  };
  return { ok: true, activity: bounded(activity) };
}

/** Labels in which the log keeps the number of what is acted on. Source: captured entries. */
const NUMBERED: Readonly<Record<string, string>> = {
  instances: 'instance_id',
  disks: 'disk_id',
  images: 'image_id',
  snapshots: 'snapshot_id',
};

/** Links of which the one to what was made, or was called by its number, has both ids: a later request may give either. */
function withNumber(links: readonly Link[], entry: GoogleEntry): readonly Link[] {
  const alias = aliasOf(entry);
  if (alias === undefined) return links;
  return links.map((link) =>
    link.id === entry.resource && (link.role === 'made' || entry.called !== undefined)
      ? { ...link, alias }
      : link,
  );
}

function aliasOf({ resource, called, response, labels }: GoogleEntry): string | undefined {
  if (called !== undefined) return called;
  const [, path, sort = ''] = /^(.*\/(\w+)\/)[^/]+$/.exec(resource) ?? [];
  const number = text(labels[NUMBERED[sort] ?? '']) ?? text(response.targetId);
  return path !== undefined && number !== undefined && /^\d+$/.test(number) ? `${path}${number}` : undefined;
}

/** An entry that ends an operation has no request. The keys of changed metadata stand in either entry, and in that one alone. */
const tellsAll = ({ metadata }: GoogleEntry, kind: Kind, phase: Phase): boolean =>
  Object.keys(metadata).some((name) => name.endsWith('Delta')) ||
  (phase === 'accepted' && kind !== 'metadata.change');

/**
 * An operation names its act, here with its random end first; without one the entry is the act, which comes again with the same
 * time and `insertId`.
 */
function actOf({ operation, insertId, method, resource }: GoogleEntry, at: number): string {
  if (operation !== undefined) return operation.split('-').reverse().join('-');
  return `${insertId ?? digest([method, resource])}-${at}`;
}

/** What Google's own tools say of themselves, in this order; agents that are the same on every cloud come after. */
const AGENTS: readonly (readonly [family: string, word: RegExp])[] = [
  ['terraform', /terraform/i],
  ['gcloud', /google-cloud-sdk|gcloud\//i],
  ['console', /^mozilla\//i],
  ['deployment-manager', /Google-Deployment-Manager/],
  ['service', /GCE Managed Instance Group/],
];

function originOf({ payload }: GoogleEntry): Activity['origin'] {
  const about = payload.requestMetadata;
  const written = textOf(about, 'callerSuppliedUserAgent') ?? '';
  const family = AGENTS.find(([, word]) => word.test(written))?.[0] ?? agentFamily(written);
  const agent = TOOL_AGENTS.includes(agentFamily(written)) ? agentFamily(written) : family;
  const telling = written !== '' && (agent === 'other' || TOOL_AGENTS.includes(agent));
  return {
    ...addressOf(textOf(about, 'callerIp', 'callerIP')),
    agent,
    ...(telling && { userAgent: clean(written, 120) }),
    console: agent === 'console',
  };
}
