import { operatorOf } from './conditions.ts';

/** A statement as it is judged, with the place that a verdict names. */
export interface Statement {
  /** `arn:aws:iam::…:policy/P, statement 2` or with its Sid. */
  readonly place: string;
  readonly effect: 'Allow' | 'Deny';
  readonly actions: readonly string[];
  readonly notActions: boolean;
  readonly resources: readonly string[];
  readonly notResources: boolean;
  readonly conditions: readonly Condition[];
  /** Whether `${…}` is a variable: only in documents of 2012-10-17. */
  readonly variables: boolean;
  /** It could not be read in full: what it allows or denies is not known. */
  readonly unknown: boolean;
}

interface Condition {
  readonly operator: string;
  readonly key: string;
  readonly values: readonly string[];
}

export interface Document {
  readonly statements: readonly Statement[];
  /** Places with what is wrong at them. */
  readonly problems: readonly string[];
}

const ELEMENTS = new Set(['Sid', 'Effect', 'Action', 'NotAction', 'Resource', 'NotResource', 'Condition']);

/** The versions of the language of policies that there are; the older counts where none is named (reference_policies_elements_version). */
const CURRENT = '2012-10-17';
const OLDER = '2008-10-17';

/**
 * Reads a policy: an object, a JSON text, or a text in percent encoding as IAM's API sends it. What cannot be read is a statement that may
 * allow or deny anything, never one that is not there.
 * @param forResources it is an RCP, which says of whom it speaks: of everyone
 */
export function readDocument(given: unknown, place: string, forResources = false): Document {
  const parsed = parseDocument(given);
  if (!isObject(parsed) || isMissing(parsed.Statement)) return unreadable(place);
  const { Version = OLDER } = parsed;
  if (Version !== CURRENT && Version !== OLDER)
    return { ...unreadable(place), problems: [`${place}: its Version is neither ${CURRENT} nor ${OLDER}`] };
  const variables = Version === CURRENT;
  const statements: Statement[] = [];
  const problems: string[] = [];
  for (const [index, each] of listOf(parsed.Statement).entries()) {
    const { statement, wrong } = readStatement(each, place, index, variables, forResources);
    // an effect that cannot be read may be either
    if (statement.unknown) statements.push({ ...statement, effect: 'Allow' });
    statements.push(statement);
    problems.push(...wrong.map((reason) => `${statement.place}: ${reason}`));
  }
  return { statements, problems };
}

/** Characters of a policy as IAM counts them against its quotas: without whitespace (reference_iam-quotas). */
export const sizeOf = (given: unknown): number =>
  (JSON.stringify(parseDocument(given)) ?? '').replaceAll(/\s/g, '').length;

const isMissing = (value: unknown): boolean => value === undefined || value === null;

/** What stands where a document should and is not given. */
export function unreadable(place: string): Document {
  return {
    statements: [blank(place, 'Allow'), blank(place, 'Deny')],
    problems: [`${place}: there is no policy document that can be read`],
  };
}

const blank = (place: string, effect: Statement['effect']): Statement => ({
  place,
  effect,
  actions: ['*'],
  notActions: false,
  resources: ['*'],
  notResources: false,
  conditions: [],
  variables: false,
  unknown: true,
});

function readStatement(
  given: unknown,
  document: string,
  index: number,
  variables: boolean,
  forResources: boolean,
): { readonly statement: Statement; readonly wrong: readonly string[] } {
  if (!isObject(given))
    return { statement: blank(`${document}, statement ${index + 1}`, 'Deny'), wrong: ['it is no object'] };
  const sid = given.Sid;
  const place = `${document}, statement ${typeof sid === 'string' && sid !== '' ? sid : index + 1}`;
  const wrong: string[] = [];
  for (const name of Object.keys(given))
    if (!ELEMENTS.has(name) && !(forResources && name === 'Principal' && given[name] === '*'))
      wrong.push(`element ${name} is not one of a policy of permissions`);
  const effect = given.Effect;
  if (effect !== 'Allow' && effect !== 'Deny') wrong.push('Effect is neither Allow nor Deny');
  // which of them would count is not said (reference_policies_grammar)
  for (const name of ['Action', 'Resource'])
    if (given[name] !== undefined && given[`Not${name}`] !== undefined)
      wrong.push(`element Not${name} stands beside ${name}`);
  const notActions = given.Action === undefined && given.NotAction !== undefined;
  const notResources = given.Resource === undefined && given.NotResource !== undefined;
  const actions = strings(given[notActions ? 'NotAction' : 'Action']);
  const resources = strings(given[notResources ? 'NotResource' : 'Resource']);
  const isAny = !isList(given.Action ?? given.NotAction, notActions);
  if (isAny) wrong.push('element Action is none that can be read');
  else if (actions.length === 0) wrong.push('it names no Action');
  if (!isList(given.Resource ?? given.NotResource, notResources))
    wrong.push('element Resource is none that can be read');
  else if (resources.length === 0) wrong.push('it names no Resource');
  for (const action of actions)
    if (/\s/.test(action)) wrong.push(`action ${JSON.stringify(action)} has a space and matches nothing`);
  const conditions = readConditions(given.Condition);
  // left out, it would be an Allow without any
  if (given.Condition !== undefined && !isConditions(given.Condition))
    wrong.push('element Condition does not hold keys under operators');
  for (const { operator } of conditions)
    if (operator.toLowerCase() !== 'null' && operatorOf(operator) === undefined)
      wrong.push(`operator ${operator} is not known`);
  return {
    statement: {
      place,
      effect: effect === 'Allow' ? 'Allow' : 'Deny',
      actions: isAny ? ['*'] : actions.map((action) => action.toLowerCase()),
      notActions: notActions && !isAny,
      resources,
      notResources: notResources && resources.length > 0,
      conditions,
      variables,
      unknown: wrong.some((reason) => reason.startsWith('element') || reason.startsWith('Effect')),
    },
    wrong,
  };
}

/**
 * Whether actions or resources can be read: what is left of them when one cannot would be another statement. An empty list matches
 * nothing (access-analyzer-reference-policy-checks, empty array action); what an empty list of exceptions does is not said.
 */
const isList = (given: unknown, isExcept: boolean): boolean =>
  !isMissing(given) &&
  strings(given).length === listOf(given).length &&
  !(isExcept && listOf(given).length === 0);

const isConditions = (given: unknown): boolean => isObject(given) && Object.values(given).every(isObject);

function readConditions(given: unknown): Condition[] {
  if (!isObject(given)) return [];
  return Object.entries(given).flatMap(([operator, keys]) =>
    isObject(keys)
      ? Object.entries(keys).map(([key, values]) => ({
          operator,
          key: key.toLowerCase(),
          values: strings(values),
        }))
      : [],
  );
}

/** What a document holds, written in whatever way: an object, JSON, or JSON in percent encoding. */
export function parseDocument(given: unknown): unknown {
  if (typeof given !== 'string') return given;
  try {
    return JSON.parse(given.trimStart().startsWith('{') ? given : decodeURIComponent(given));
  } catch {
    return undefined;
  }
}

export const isObject = (value: unknown): value is Readonly<Record<string, unknown>> =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

export const listOf = (value: unknown): readonly unknown[] =>
  value === undefined || value === null ? [] : Array.isArray(value) ? value : [value];

const strings = (value: unknown): string[] =>
  listOf(value).flatMap((each) =>
    ['string', 'number', 'boolean'].includes(typeof each) ? [String(each)] : [],
  );
