import type { Activity, IngressRule, Launch, Outcome } from '../core/activity/activity.ts';
import { typeName } from '../core/activity/instance-types.ts';
import { does } from '../core/activity/kinds.ts';
import { nameOf, type Resource, type ResourceType, shortId } from '../core/activity/resources.ts';
import { isAccountId } from './aws-ids.ts';
import { shown } from './shown.ts';

const OUTCOMES: Readonly<Record<Outcome, string>> = {
  succeeded: 'done',
  denied: 'DENIED',
  'dry-run': 'dry run only',
  limited: 'REFUSED, over quota or out of capacity',
  failed: 'FAILED',
};

/** Up to `max` items, cleaned, once each, and how many more there are. */
export function few(items: readonly string[], max: number): string {
  const all = [...new Set(items)];
  const some = all.slice(0, max).map((item) => shown(shortId(item), 80));
  const more = all.length - some.length;
  return more > 0 ? `${some.join(', ')} and ${more} more` : some.join(', ');
}

/** UTC time to the second, e.g. `2026-03-02 03:14:07Z`. */
export const utc = (at: number): string =>
  new Date(at).toISOString().replace('T', ' ').slice(0, 19).concat('Z');

/** The call's name as people know it, e.g. `RunInstances`. */
export const callOf = ({ action }: Activity): string => shown(action.slice(action.indexOf(':') + 1), 60);

/** `8 x p5.48xlarge`; of several types, of which the record does not tell how many of each, `8 instances (m7g.large, c7g.large)`. */
function asked({ count, types }: Pick<Launch, 'count' | 'types'>): string {
  const [only, ...others] = types;
  if (only === undefined) return count === 1 ? '1 instance' : `${count} instances`;
  if (others.length === 0) return `${count} x ${few([typeName(only)], 1)}`;
  return `${count === 1 ? '1 instance' : `${count} instances`} (${few(types.map(typeName), 3)})`;
}

/** Who may use what was shared, or may no more, or did, e.g. `to everyone and account 444455556666`. */
function audience({ share, kind }: Activity): string | undefined {
  if (share === undefined) return does(kind, 'unshare') ? 'no longer to anybody else' : undefined;
  const { accounts, organisations } = share;
  const named = (noun: string, ids: readonly string[], max: number): string[] =>
    ids.length === 0 ? [] : [`${noun}${new Set(ids).size === 1 ? '' : 's'} ${few(ids, max)}`];
  const parts = [
    ...(share.public ? ['everyone'] : []),
    ...named('account', accounts, 3),
    ...named('organisation', organisations, 2),
  ];
  if (parts.length === 0) return undefined;
  // whoever uses what was shared with them has not shared it
  const word = does(kind, 'unshare') ? 'no longer to' : does(kind, 'share') ? 'to' : 'by';
  return `${word} ${parts.join(' and ')}`;
}

function rule({ group, protocol, fromPort, toPort, source }: IngressRule): string {
  const ports =
    fromPort === undefined ? 'all ports' : fromPort === toPort ? fromPort : `${fromPort}-${toPort}`;
  return shown(
    `${shortId(group)} ${protocol === '-1' ? 'all protocols' : protocol} ${ports} from ${source}`,
    120,
  );
}

/** What comes along with a launch by itself; the finding lists it. */
const ASIDE: readonly ResourceType[] = ['network-interface', 'security-group'];

/** Names of resources; a template that stands there with its version is not named without it as well. */
function namesOf(resources: readonly Resource[]): string[] {
  const versioned = new Set(resources.filter(({ version }) => version !== undefined).map(({ id }) => id));
  return resources.filter(({ id, version }) => version !== undefined || !versioned.has(id)).map(nameOf);
}

/** The parts of one activity that a person would ask about, most telling first. */
function particulars(activity: Activity): string[] {
  const { launch, ingress, detail } = activity;
  const made = namesOf(activity.links.filter(({ role, type }) => role === 'made' && !ASIDE.includes(type)));
  // a rule names its group itself
  const ruled = new Set((ingress ?? []).map(({ group }) => group));
  const touched = namesOf(activity.links.filter(({ role, id }) => role !== 'made' && !ruled.has(id)));
  const parts: (string | undefined)[] = [];
  if (launch !== undefined) {
    parts.push(
      `${asked(launch)}${launch.asked === undefined ? '' : ` of ${launch.asked} asked for`}`,
      launch.images.length > 0 ? `image ${few(launch.images, 2)}` : undefined,
      launch.snapshots.length > 0 ? `disks from ${few(launch.snapshots, 3)}` : undefined,
      launch.profile === undefined ? undefined : `instance profile ${shown(shortId(launch.profile), 120)}`,
      launch.keyName === undefined ? undefined : `key pair ${shown(launch.keyName, 60)}`,
      launch.userData ? 'user data' : undefined,
      launch.publicAddress ? 'public address' : undefined,
      launch.httpTokens === 'optional' ? 'IMDSv1 allowed' : undefined,
      launch.template === undefined ? undefined : `template ${shown(nameOf(launch.template), 60)}`,
    );
  } else if (touched.length > 0) {
    parts.push(few(touched, 4));
  }
  parts.push(audience(activity));
  if (ingress !== undefined && ingress.length > 0) parts.push(few(ingress.map(rule), 3));
  if (detail !== undefined)
    parts.push(
      detail
        .split(', ')
        .map(typeName)
        .map((each) => shown(each, 120))
        .join(', '),
    );
  if (made.length > 0) parts.push(`made ${few(made, 6)}`);
  return parts.filter((part) => part !== undefined);
}

/** One activity on one line, without who and when: `RunInstances 8 x p5.48xlarge, image ami-…: DENIED (…)`. */
export function narrate(activity: Activity): string {
  // nobody called anything
  if (activity.kind === 'coverage.lose')
    return `Missing: ${shown(activity.detail ?? 'no reason known', 200)}`;
  const error = activity.error === undefined ? '' : ` (${shown(activity.error, 60)})`;
  return `${[callOf(activity), particulars(activity).join(', ')].filter(Boolean).join(' ')}: ${OUTCOMES[activity.outcome]}${error}`;
}

/** Where a call came from, e.g. `203.0.113.9 (AS64496 Example Hosting, NL), aws-cli`. */
export function from({ origin, account }: Pick<Activity, 'origin' | 'account'>): string {
  const { network } = origin;
  const place = [
    [network?.asn === undefined ? '' : `AS${network.asn}`, shown(network?.holder ?? '', 60)]
      .filter(Boolean)
      .join(' '),
    shown(network?.country ?? '', 2),
  ].filter(Boolean);
  const where = sourceOf(origin);
  const agent =
    origin.agent === 'other'
      ? (origin.userAgent ?? (isAccountId(account) ? 'an unknown agent' : ''))
      : origin.agent;
  const how = origin.console ? 'console' : shown(agent, 60);
  const endpoint = origin.endpoint === undefined ? '' : ` through ${shown(origin.endpoint, 40)}`;
  return `${where}${place.length > 0 ? ` (${place.join(', ')})` : ''}${endpoint}${how === '' ? '' : `, ${how}`}`;
}

/** The address that a call came from, or the service. */
export const sourceOf = ({ ip, service }: Activity['origin']): string =>
  shown(ip ?? service ?? 'an unknown address', 100);
