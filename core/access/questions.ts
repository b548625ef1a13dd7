import table from './actions.json' with { type: 'json' };
import type { Context, Known } from './conditions.ts';
import { PART } from './globs.ts';

interface ResourceType {
  readonly name: string;
  readonly arn: string;
  readonly required: boolean;
  readonly keys: readonly string[];
}

interface Action {
  readonly keys: readonly string[];
  readonly types: readonly ResourceType[];
}

const ACTIONS: Readonly<Record<string, Action>> = table.actions;
const BY_LOWER_CASE = new Map(Object.keys(ACTIONS).map((name) => [name.toLowerCase(), name]));

/** An action without types of its own is asked for `*`, which only a pattern of everything matches. */
const EVERYTHING: ResourceType = { name: '*', arn: '*', required: true, keys: [] };

/** What is the same of one call for every principal of an account. */
interface Asked {
  readonly partition: string;
  readonly account: string;
  /** As the table of actions writes it, or in whatever case where a resource is given. */
  readonly action: string;
  /** One ARN in place of all that there can be. */
  readonly resource?: string;
  /** Keys of the request by names in lower case, such as `iam:passedtoservice`. */
  readonly request?: Readonly<Record<string, Known>>;
}

/** One call on one type of resource. */
export interface Question {
  /** Where what was found out about it is kept. */
  readonly id: number;
  /** In lower case. */
  readonly action: string;
  readonly type: string;
  readonly required: boolean;
  /** It is about one ARN that was given. */
  readonly isOne: boolean;
  /** The ARNs that it can be about, as one pattern. */
  readonly arn: string;
  /** What the request, whoever makes it, holds for a key in lower case. */
  readonly context: Context;
  /** Whether the key is of the resource, and may differ between the resources of one call. */
  readonly isOwn: (key: string) => boolean;
}

/** The questions that make up a call, each made once. */
export function questions(): (asked: Asked) => readonly Question[] {
  const made = new Map<string, readonly Question[]>();
  let count = 0;
  return (asked) => {
    const { partition, account, action, resource = '', request = {} } = asked;
    const key = `${partition} ${account} ${action} ${resource} ${JSON.stringify(request)}`;
    const known = made.get(key);
    if (known !== undefined) return known;
    const row = rowOf(asked);
    const all = typesOf(row, asked).map((type): Question => {
      const names = [...type.keys, ...row.keys].map(bare);
      const own = type.keys.map(bare);
      count += 1;
      return {
        id: count,
        action: action.toLowerCase(),
        type: type.name,
        required: type.required,
        isOne: resource !== '',
        arn: resource || (type.arn === '*' ? '*' : patternOf(type.arn, asked)),
        context: contextOf(action.toLowerCase(), names, request, ACTIONS[action] === undefined),
        isOwn: (name) => (isAmong(own, name) && name !== 'ec2:region') || WHOSE.has(name),
      };
    });
    if (resource === '') made.set(key, all);
    return all;
  };
}

/** The name of an action as the table has it, or undefined. */
export const tabled = (action: string): string | undefined => BY_LOWER_CASE.get(action.toLowerCase());

function rowOf({ action, resource }: Asked): Action {
  const row = ACTIONS[tabled(action) ?? ''];
  if (row !== undefined) return row;
  if (resource === undefined)
    throw new Error(`${action} is not in the table of actions; make it anew with measure/access/actions.ts`);
  return { keys: [], types: [] };
}

/** Where an ARN is given, the one type that it can be of; a type that is not needed stands for itself. */
function typesOf({ types }: Action, asked: Asked): readonly ResourceType[] {
  const { resource } = asked;
  if (resource === undefined) return types.length === 0 ? [EVERYTHING] : types;
  const found = types.find(({ arn }) => resource.includes(`:${(arn.split(':')[5] ?? '').split('$', 1)[0]}`));
  return [{ ...(found ?? EVERYTHING), required: true }];
}

/** Keys of whose the resource is (reference_policies_condition-keys): Amazon's may be the image, one's own the subnet. */
const WHOSE: ReadonlySet<string> = new Set([
  'aws:resourceaccount',
  'aws:resourceorgid',
  'aws:resourceorgpaths',
]);

/** Keys that look like a service's and are in requests for any: the Region, and where the credentials come from. */
const EVERYWHERE: ReadonlySet<string> = new Set([
  'ec2:region',
  'ec2:sourceinstancearn',
  'ec2:roledelivery',
  'lambda:sourcefunctionarn',
  'ssm:sourceinstancearn',
  'glue:roleassumedby',
  'glue:credentialissuingservice',
]);

/**
 * A key of the action's service, and a tag of the request, is there only where the table gives it to the type
 * (reference_policies_elements_condition_operators, "…IfExists").
 */
function contextOf(
  action: string,
  names: readonly string[],
  request: Readonly<Record<string, Known>>,
  isForeign: boolean,
): Context {
  const service = `${action.split(':')[0]}:`;
  return (key) => {
    const given = request[key];
    if (given !== undefined) return given;
    const ruled = key.startsWith(service) || /^aws:(requesttag\/|resourcetag\/|tagkeys$)/.test(key);
    if (isForeign || !ruled || EVERYWHERE.has(key)) return 'any';
    return isAmong(names, key) ? 'any' : 'absent';
  };
}

/** One ARN that the action can be about, drawn from its types; `*` for one that is about none. */
export function exampleOf(asked: Asked, draw: () => number): string {
  const { types } = rowOf(asked);
  const type = types[Math.floor(draw() * types.length)];
  return type === undefined ? '*' : patternOf(type.arn, asked).replaceAll(PART, 'example');
}

const bare = (key: string): string => key.toLowerCase().replace(/\$\{.*/, '');

const isAmong = (names: readonly string[], key: string): boolean =>
  names.some((each) => (each.endsWith('/') ? key.startsWith(each) : key === each));

const patternOf = (arn: string, { partition, account }: Asked): string =>
  arn
    .replaceAll(/\$\{Partition\}/g, partition)
    .replaceAll(/\$\{Account\}/g, account)
    .replaceAll(/\$\{[^}]*\}/g, PART);
