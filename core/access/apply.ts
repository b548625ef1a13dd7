import { type Context, holds, type Known, type Truth } from './conditions.ts';
import type { Statement } from './documents.ts';
import { covers, literal, meets, plain } from './globs.ts';
import type { Question } from './questions.ts';

/** A condition that some requests meet: a key that differs from request to request. */
export interface OpenCondition {
  readonly operator: string;
  readonly key: string;
  readonly values: readonly string[];
  /** A variable in a value differs, too, so that nothing is known of it but that it may hold or not. */
  readonly varying: boolean;
}

/** Gives a number to what a statement says. */
export type IdOf = (content: string) => number;

/** What a statement says of a question: it applies to every request, or to those that its open parts let through. */
export interface Application {
  /** The same for statements that say the same of a question, whoever asks; 0 where it depends on who does. */
  readonly id: number;
  readonly truth: 'yes' | 'maybe' | 'unknown';
  readonly reason: string;
  /** Patterns that some of the ARNs match, one of which must match (or none, with `except`); empty where all do. */
  readonly resources: readonly string[];
  readonly except: boolean;
  /** A variable in a pattern differs from request to request. */
  readonly varying: boolean;
  readonly conditions: readonly OpenCondition[];
}

/** Whether and where a statement that speaks of the action applies, or undefined where it never does. */
export function apply(
  statement: Statement,
  { arn }: Question,
  context: Context,
  idOf: IdOf = () => 0,
): Application | undefined {
  if (statement.unknown)
    return {
      id: idOf(`unknown ${statement.place}`),
      truth: 'unknown',
      reason: `${statement.place} (cannot be read)`,
      resources: [],
      except: false,
      varying: false,
      conditions: [],
    };
  const resource = resourcePart(statement, arn, context);
  if (resource.truth === 'no') return undefined;
  const open: OpenCondition[] = [];
  let truth: 'yes' | 'maybe' | 'unknown' = resource.truth;
  for (const condition of statement.conditions) {
    const { truth: found, ...part } = conditionPart(statement, condition, context);
    if (found === 'no') return undefined;
    if (found === 'yes') continue;
    open.push(part);
    if (truth !== 'unknown') truth = found;
  }
  const parts = [
    ...(resource.truth === 'maybe'
      ? [`${statement.notResources ? 'not ' : ''}${statement.resources.join(' or ')}`]
      : []),
    ...open.map(({ operator, key, values }) => `${operator} ${key} ${values.join(' or ')}`),
  ];
  const patterns = resource.truth === 'maybe' ? resource.patterns : [];
  return {
    id: idOf(
      open.length + patterns.length === 0
        ? 'all'
        : JSON.stringify([patterns, statement.notResources, resource.varying, open]),
    ),
    truth,
    reason: parts.length === 0 ? statement.place : `${statement.place}: ${parts.join(', ')}`,
    resources: patterns,
    except: statement.notResources,
    varying: resource.varying,
    conditions: open,
  };
}

interface ResourcePart {
  readonly truth: 'yes' | 'no' | 'maybe';
  readonly patterns: readonly string[];
  readonly varying: boolean;
}

function resourcePart(
  { resources, notResources, variables }: Statement,
  arn: string,
  context: Context,
): ResourcePart {
  let all = false;
  let varying = false;
  const patterns: string[] = [];
  for (const resource of resources) {
    const { text, open } = variables ? filled(resource, context) : { text: resource, open: false };
    if (text === undefined) continue;
    if (arn === '*') {
      // a call without a resource asks for *, which only a pattern of everything matches
      if (/^\*+$/.test(text)) all = true;
    } else if (meets(text, arn)) {
      patterns.push(text);
      if (open) varying = true;
      else if (covers(text, arn)) all = true;
    }
  }
  const met = all ? 'yes' : patterns.length > 0 ? 'maybe' : 'no';
  if (!notResources) return { truth: met, patterns, varying };
  return { truth: met === 'yes' ? 'no' : met === 'no' ? 'yes' : 'maybe', patterns, varying };
}

const VARYING = /^(forallvalues:|foranyvalue:)?(string|arn)/i;

function conditionPart(
  { variables }: Statement,
  { operator, key, values }: { operator: string; key: string; values: readonly string[] },
  context: Context,
): OpenCondition & { readonly truth: Truth } {
  const known = context(key);
  if (!variables || !VARYING.test(operator))
    return { truth: holds(operator, key, values, known), operator, key, values, varying: false };
  const fillings = values.map((value) => filled(value, context));
  const whole = fillings.flatMap(({ text, open }) => (text === undefined || open ? [] : [text]));
  const varying = fillings.some(({ open }) => open);
  const texts = /like|arn/i.test(operator) ? whole : whole.map(plain);
  if (!varying) return { truth: holds(operator, key, texts, known), operator, key, values: texts, varying };
  const truth = known === 'absent' ? holds(operator, key, texts, known) : 'maybe';
  return { truth, operator, key, values, varying };
}

/**
 * A text with each `${…}` in it put in place by what is made of its inside. By hand, since a text of `${` alone would have an expression
 * look to its end from each of them.
 */
function replaced(text: string, put: (inside: string) => string): string {
  let whole = '';
  let at = 0;
  for (;;) {
    const start = text.indexOf('${', at);
    const end = start < 0 ? -1 : text.indexOf('}', start);
    if (end < 0) return whole + text.slice(at);
    whole += text.slice(at, start) + put(text.slice(start + 2, end));
    at = end + 1;
  }
}

/** The keys that a statement names, in its conditions and its variables. */
export function keysOf({ conditions, resources, variables }: Statement): readonly string[] {
  const texts = variables ? [...resources, ...conditions.flatMap(({ values }) => values)] : [];
  const keys = new Set(conditions.map(({ key }) => key));
  for (const text of texts)
    replaced(text, (inside) => {
      keys.add(nameOf(inside));
      return '';
    });
  return [...keys];
}

/** `key, 'default'`: the default, where there is one. */
function defaultOf(inside: string): string | undefined {
  const comma = inside.indexOf(',');
  const rest = comma < 0 ? '' : inside.slice(comma + 1).trim();
  return rest.length > 1 && rest.startsWith("'") && rest.endsWith("'") ? rest.slice(1, -1) : undefined;
}

const nameOf = (inside: string): string => (inside.split(',', 1)[0] ?? '').trim().toLowerCase();

/** A text with its variables filled in; `open` where one differs between requests, no text where one has no value. */
function filled(
  text: string,
  context: Context,
): { readonly text: string | undefined; readonly open: boolean } {
  if (!text.includes('${')) return { text, open: false };
  let open = false;
  let none = false;
  const whole = replaced(text, (inside) => {
    if (inside === '*' || inside === '?' || inside === '$') return literal(inside);
    const known: Known = context(nameOf(inside));
    if (known === 'any') {
      open = true;
      return '*';
    }
    if (known !== 'absent' && known.length === 1) return literal(known[0] as string);
    const fallback = defaultOf(inside);
    if (fallback === undefined) none = true;
    return literal(fallback ?? '');
  });
  return { text: none ? undefined : whole, open };
}
