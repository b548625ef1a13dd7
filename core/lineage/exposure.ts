import type { Activity, IngressRule } from '../activity/activity.ts';
import { shortId } from '../activity/resources.ts';
import { isWorldOpen } from '../activity/world-open.ts';
import type { Lineage } from './lineage.ts';
import { type InstancePosture, postureOf } from './posture.ts';
import { isBirth, isPosture } from './timelines.ts';

/** Ports by which an instance is entered or its data read: remote shells, remote desktops, databases. */
const SENSITIVE_PORTS = [22, 3389, 5985, 5986, 1433, 1521, 3306, 5432, 6379, 9200, 27017];

/** Whether a rule covers a port by which instances are entered; protocol -1 and absent ports mean all. */
export function coversSensitivePort({ protocol, fromPort, toPort }: IngressRule): boolean {
  if (protocol === '-1' || fromPort === undefined || fromPort === -1) return true;
  const last = toPort ?? fromPort;
  return SENSITIVE_PORTS.some((port) => port >= fromPort && port <= last);
}

/** `tcp 22 from 0.0.0.0/0`. */
export function ruleText({ protocol, fromPort, toPort, source }: IngressRule): string {
  const ports =
    fromPort === undefined || fromPort === -1
      ? 'all ports'
      : fromPort === toPort || toPort === undefined
        ? `${fromPort}`
        : `${fromPort}-${toPort}`;
  return protocol === '-1' ? `everything from ${source}` : `${protocol} ${ports} from ${source}`;
}

/** One way in which an instance is open, and how much it weighs, 0..1. */
export interface Opening {
  /** What is open, to compare with another instance: `public address`, `profile web`, `IMDSv1` or a security group's id. */
  readonly way: string;
  /** It is a rule of a security group that lets the world in. */
  readonly byRule?: true;
  readonly weight: number;
  readonly words: string;
  readonly refs: readonly string[];
  /** The activity asked about opens it; otherwise it found it open. */
  readonly own: boolean;
}

/** Parts of the weight: the world at a port by which one enters is the end of the story; an address alone needs a rule. */
const WEIGHTS = {
  entry: 1,
  otherPort: 0.55,
  address: 0.48,
  // given afterwards, a role and IMDSv1 are ways onward; at a launch most instances have them
  profileGiven: 0.4,
  tokensGiven: 0.4,
  // neither leaves anything open to others, and no rule tells of it
  run: 0.4,
  enter: 0.48,
  profile: 0.24,
  tokens: 0.16,
  // where it stands is no opening by itself
  vpc: 0.24,
  key: 0.16,
  subnet: 0.08,
} as const;

/**
 * Ways in which an activity opens the instances it concerns, or finds them open, beyond what the instances were that the
 * data came from (those of which a launch is known).
 */
export function openingsOf(activity: Activity, lineage: Lineage): Opening[] {
  const found = new Map<string, Opening>();
  const add = (way: string, weight: number, words: string, by: readonly Activity[], byRule?: true): void => {
    const known = found.get(way);
    const own = by.includes(activity);
    if (known !== undefined && (known.weight > weight || (known.weight === weight && known.own))) return;
    const refs = by.filter((each) => each !== activity).map(({ id }) => id);
    found.set(way, { way, weight, words, refs: [...new Set(refs)], own, ...(byRule && { byRule }) });
  };
  const world = (group: string, opening: Activity, by?: Activity): void => {
    const open = (opening.ingress ?? []).filter((rule) => rule.group === group && isWorldOpen(rule));
    const worst = open.find(coversSensitivePort) ?? open[0];
    if (worst === undefined) return;
    const put = by === undefined || isBirth(by) ? '' : ' and was put on it';
    const weight = coversSensitivePort(worst) ? WEIGHTS.entry : WEIGHTS.otherPort;
    add(
      group,
      weight,
      `${shortId(group)} lets in ${ruleText(worst)}${put}`,
      [opening, ...(put === '' ? [] : [by as Activity]), ...makersOf(group, lineage)],
      true,
    );
  };

  for (const { group } of activity.kind === 'ingress.open' ? (activity.ingress ?? []) : [])
    world(group, activity);
  if (activity.kind === 'instance.run') add('code', WEIGHTS.run, 'code was run on it', [activity]);
  if (activity.kind === 'instance.enter')
    add(
      'way in',
      WEIGHTS.enter,
      `it was entered by no rule${activity.detail === undefined ? '' : ` (${activity.detail})`}`,
      [activity],
    );
  const origins = lineage.origins.map(({ instance, activities }) => postureOf(activities, instance));
  for (const now of posturesOf(activity, lineage)) {
    for (const [group, by] of now.groups) {
      for (const opening of lineage.openings) world(group, opening, by);
    }
    if (now.address !== undefined) {
      const asked = isBirth(now.address);
      const words = asked ? 'it asked for a public address' : 'it was given a public address';
      add('public address', WEIGHTS.address, words, [now.address]);
    }
    if (now.profile !== undefined) {
      const { name, by } = now.profile;
      const given = !isBirth(by);
      const words = given ? `it was given instance profile ${name}` : `it carries instance profile ${name}`;
      add(`profile ${name}`, given ? WEIGHTS.profileGiven : WEIGHTS.profile, words.trim(), [by]);
    }
    if (now.tokens?.required === false) {
      const given = !isBirth(now.tokens.by);
      const words = given ? 'it was made to answer IMDSv1' : 'it answers IMDSv1';
      add('IMDSv1', given ? WEIGHTS.tokensGiven : WEIGHTS.tokens, words, [now.tokens.by]);
    }
    for (const { way, weight, words } of placesOf(now, origins))
      add(way, weight, words, now.launch === undefined ? [] : [now.launch]);
  }
  const before = new Set(origins.flatMap(waysOf));
  return [...found.values()]
    .filter(({ way }) => !before.has(way))
    .sort((a, b) => b.weight - a.weight || (a.words < b.words ? -1 : 1));
}

/** The making of a group, where it is known. */
const makersOf = (group: string, { openings }: Lineage): readonly Activity[] =>
  openings.filter(
    ({ kind, links }) => kind === 'security-group.create' && links.some(({ id }) => id === group),
  );

/** How the instances stand with the activity: those it changes, or those it launches. */
function posturesOf(activity: Activity, { histories }: Lineage): InstancePosture[] {
  if (isBirth(activity)) {
    return [postureOf([...histories.flatMap(({ activities }) => activities), activity])];
  }
  return histories.map(({ instance, activities }) =>
    postureOf(isPosture(activity) ? [...activities, activity] : activities, instance),
  );
}

/** Ways in which an instance is open, by the names openings have. */
function waysOf({ groups, address, profile, tokens }: InstancePosture): string[] {
  return [
    ...groups.keys(),
    ...(address === undefined ? [] : ['public address']),
    ...(profile === undefined ? [] : [`profile ${profile.name}`]),
    ...(tokens?.required === false ? ['IMDSv1'] : []),
  ];
}

/** Where an instance stands and who may enter it, compared with those that the data came from. */
function placesOf(
  { launch }: InstancePosture,
  origins: readonly InstancePosture[],
): Pick<Opening, 'way' | 'weight' | 'words'>[] {
  const now = launch?.launch;
  const before = origins.flatMap(({ launch: origin }) => origin?.launch ?? []);
  const [first] = before;
  if (now === undefined || first === undefined) return [];
  const other = <K extends 'vpc' | 'subnet' | 'keyName'>(name: K): boolean =>
    now[name] !== undefined && before.every((each) => each[name] !== now[name]);
  const known = (name: 'vpc' | 'subnet'): boolean => before.every((each) => each[name] !== undefined);
  const found: Pick<Opening, 'way' | 'weight' | 'words'>[] = [];
  if (other('vpc') && known('vpc'))
    found.push({ way: 'place', weight: WEIGHTS.vpc, words: `it is in ${now.vpc}, not in ${first.vpc}` });
  else if (other('subnet') && known('subnet'))
    found.push({
      way: 'place',
      weight: WEIGHTS.subnet,
      words: `it is in ${now.subnet}, not in ${first.subnet}`,
    });
  if (other('keyName'))
    found.push({ way: 'key', weight: WEIGHTS.key, words: `key pair ${now.keyName} opens it` });
  return found;
}
