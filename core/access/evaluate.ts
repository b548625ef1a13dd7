import table from './actions.json' with { type: 'json' };
import { type Context, holds, type Known, type Truth } from './conditions.ts';
import type { Statement } from './documents.ts';
import { covers, matches, meets, PART } from './globs.ts';

/** Policies that must allow together with all other layers: those of the identity, a boundary, the SCPs of one level. */
export interface Layer {
  readonly name: string;
  readonly statements: readonly Statement[];
}

export interface Subject {
  readonly partition: string;
  readonly account: string;
  readonly layers: readonly Layer[];
  /** What is known of the principal by names of keys in lower case; what is not here differs from request to request. */
  readonly known: Readonly<Record<string, Known>>;
}

/** `allow`: every such request; `deny`: none; `conditional`: some may; `unknown`: a document that decides cannot be read. */
export interface Verdict {
  readonly answer: 'allow' | 'deny' | 'conditional' | 'unknown';
  /** What decides: places of statements with what must hold, or the layer that allows nothing. */
  readonly because: readonly string[];
}

interface ResourceType {
  readonly name: string;
  readonly arn: string;
  readonly required: boolean;
  readonly keys: readonly string[];
}

const ACTIONS: Readonly<
  Record<string, { readonly keys: readonly string[]; readonly types: readonly ResourceType[] }>
> = table.actions;

/** An action without types of its own is asked for `*`, which only a pattern of everything matches. */
const EVERYTHING: ResourceType = { name: '*', arn: '*', required: true, keys: [] };

/** Judges a call over all the requests that it can be: each type that it needs, by each layer. */
export function judge(subject: Subject, action: string): Verdict {
  const row = ACTIONS[action];
  if (row === undefined)
    throw new Error(`${action} is not in the table of actions; make it anew with measure/access/actions.ts`);
  const types = row.types.length === 0 ? [EVERYTHING] : row.types;
  return both(
    types.map((type) => {
      const verdict = judgeType(subject, action.toLowerCase(), type, row.keys);
      if (type.required || verdict.answer !== 'deny') return verdict;
      return {
        answer: 'conditional',
        because: [`only without a ${type.name}: ${verdict.because.join('; ')}`],
      };
    }),
  );
}

/** All of them must be allowed. */
export function both(verdicts: readonly Verdict[]): Verdict {
  for (const answer of ['deny', 'unknown', 'conditional', 'allow'] as const) {
    const those = verdicts.filter((verdict) => verdict.answer === answer);
    if (those.length > 0) return { answer, because: [...new Set(those.flatMap(({ because }) => because))] };
  }
  return { answer: 'allow', because: [] };
}

interface Application {
  readonly truth: Truth;
  readonly reason: string;
}

function judgeType(
  subject: Subject,
  action: string,
  type: ResourceType,
  actionKeys: readonly string[],
): Verdict {
  const context = contextOf(subject, action, type, actionKeys);
  const arn = type.arn === '*' ? '*' : patternOf(type.arn, subject);
  const verdicts = subject.layers.map(({ name, statements }): Verdict => {
    const touching = statements.filter((statement) => touches(statement, action));
    const applied = (effect: Statement['effect']): Application[] =>
      touching
        .filter((statement) => statement.effect === effect)
        .map((statement) => apply(statement, arn, context))
        .filter(({ truth }) => truth !== 'no');
    const denies = applied('Deny');
    const sure = denies.find(({ truth }) => truth === 'yes');
    if (sure !== undefined) return { answer: 'deny', because: [`denied by ${sure.reason}`] };
    const allows = applied('Allow');
    if (allows.length === 0)
      return { answer: 'deny', because: [`${name} allows no ${action} on ${type.name}`] };
    const whole = allows.find(({ truth }) => truth === 'yes');
    const open = [
      ...denies.map(({ truth, reason }) => ({ truth, reason: `unless ${reason}` })),
      ...(whole ? [] : allows),
    ];
    const unknown = open.filter(({ truth }) => truth === 'unknown');
    if (unknown.length > 0) return { answer: 'unknown', because: unknown.map(({ reason }) => reason) };
    if (open.length > 0) return { answer: 'conditional', because: open.map(({ reason }) => reason) };
    return { answer: 'allow', because: [whole?.reason ?? ''] };
  });
  return both(verdicts);
}

/** Whether a statement speaks of an action; names of actions know no case, and one with a space matches nothing. */
function touches({ actions, notActions }: Statement, action: string): boolean {
  return actions.some((pattern) => matches(pattern, action)) !== notActions;
}

function apply(statement: Statement, arn: string, context: Context): Application {
  if (statement.unknown) return { truth: 'unknown', reason: `${statement.place} (cannot be read)` };
  const resource = resourceTruth(statement, arn, context);
  const open: string[] =
    resource === 'maybe'
      ? [`${statement.notResources ? 'not ' : ''}${statement.resources.join(' or ')}`]
      : [];
  let truth: Truth = resource;
  for (const { operator, key, values } of statement.conditions) {
    const found = conditionTruth(statement, operator, key, values, context);
    if (found === 'no') return { truth: 'no', reason: '' };
    if (found === 'yes') continue;
    open.push(`${operator} ${key} ${values.join(' or ')}`);
    if (truth === 'yes' || (truth === 'maybe' && found === 'unknown')) truth = found;
  }
  return { truth, reason: open.length === 0 ? statement.place : `${statement.place}: ${open.join(', ')}` };
}

function resourceTruth(
  { resources, notResources, variables }: Statement,
  arn: string,
  context: Context,
): Truth {
  let met: Truth = 'no';
  for (const resource of resources) {
    const { text, open } = variables ? filled(resource, context) : { text: resource, open: false };
    if (text === undefined) continue;
    if (arn === '*' ? /^[*?]?\**$/.test(text) && text !== '' : meets(text, arn))
      met = met === 'yes' || (!open && (arn === '*' || covers(text, arn))) ? 'yes' : 'maybe';
  }
  if (!notResources) return met;
  return met === 'yes' ? 'no' : met === 'no' ? 'yes' : 'maybe';
}

const VARYING = /^(forallvalues:|foranyvalue:)?(string|arn)/i;

function conditionTruth(
  { variables }: Statement,
  operator: string,
  key: string,
  values: readonly string[],
  context: Context,
): Truth {
  if (!variables || !VARYING.test(operator)) return holds(operator, key, values, context);
  const fillings = values.map((value) => filled(value, context));
  const whole = fillings.flatMap(({ text, open }) => (text === undefined || open ? [] : [text]));
  if (fillings.every(({ open }) => !open)) return holds(operator, key, whole, context);
  const known = context(key);
  return known === 'absent' ? holds(operator, key, whole, context) : 'maybe';
}

/** A text with its variables filled in; `open` where one differs between requests, no text where one has no value. */
function filled(
  text: string,
  context: Context,
): { readonly text: string | undefined; readonly open: boolean } {
  let open = false;
  let none = false;
  const whole = text.replaceAll(/\$\{([^}]*)\}/g, (_, inside: string) => {
    if (inside === '*' || inside === '?' || inside === '$') return inside === '$' ? '$' : `\u0002${inside}`;
    const [name = '', fallback] = inside.split(/\s*,\s*/, 2);
    const known = context(name.trim().toLowerCase());
    if (known === 'any') {
      open = true;
      return '*';
    }
    if (known !== 'absent' && known.length === 1) return known[0] as string;
    if (fallback === undefined) none = true;
    return fallback?.replaceAll(/^'|'$/g, '') ?? '';
  });
  return { text: none ? undefined : whole, open };
}

/** A key of the action's service, and a tag of the request, is there only where the table gives it to the type. */
function contextOf(
  { known }: Subject,
  action: string,
  { keys }: ResourceType,
  actionKeys: readonly string[],
): Context {
  const service = `${action.split(':')[0]}:`;
  const own = [...keys, ...actionKeys].map((key) => key.toLowerCase().replace(/\$\{.*/, ''));
  return (key) => {
    const lower = key.toLowerCase();
    const given = known[lower];
    if (given !== undefined) return given;
    if (lower.startsWith('aws:principaltag/')) return known['aws:principaltag/'] ?? 'any';
    const ruled = lower.startsWith(service) || /^aws:(requesttag\/|resourcetag\/|tagkeys$)/.test(lower);
    if (!ruled || lower === 'ec2:region' || lower === 'ec2:sourceinstancearn') return 'any';
    return own.some((each) => (each.endsWith('/') ? lower.startsWith(each) : lower === each))
      ? 'any'
      : 'absent';
  };
}

const patternOf = (arn: string, { partition, account }: Subject): string =>
  arn
    .replaceAll(/\$\{Partition\}/g, partition)
    .replaceAll(/\$\{Account\}/g, account)
    .replaceAll(/\$\{[^}]*\}/g, PART);
