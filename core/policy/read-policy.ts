import { distance } from 'fastest-levenshtein';
import * as v from 'valibot';
import { type Policy, PolicySchema } from './policy.ts';

/** One thing that is wrong with a policy. */
export interface PolicyProblem {
  /** Where, e.g. `learning.period` or `suppressions[0].expires`; empty for the policy as a whole. */
  readonly path: string;
  /** The same, key by key, to find the place in the file. */
  readonly keys: readonly (string | number)[];
  /** What was expected and what was there, and the nearest right word where a word is wrong. */
  readonly message: string;
}

export type ReadPolicy =
  | { readonly ok: true; readonly policy: Policy }
  | { readonly ok: false; readonly problems: readonly PolicyProblem[] };

/** Longest piece of the user's own value repeated in a message. */
const LONGEST_ECHO = 60;

/**
 * Reads a policy from the parsed content of `policy.yaml`, filling in every default; an empty file is a policy.
 *
 * Problems are data, all of them at once, so that a person corrects a file in one go.
 */
export function readPolicy(input: unknown): ReadPolicy {
  const result = v.safeParse(PolicySchema, input ?? {});
  if (result.success) return { ok: true, policy: result.output };
  return { ok: false, problems: result.issues.flatMap(problemsOf) };
}

type Issue = v.InferIssue<typeof PolicySchema>;
type Key = string | number;

function problemsOf(issue: Issue): PolicyProblem[] {
  const steps = issue.path ?? [];
  const keys = steps.map((step): Key => keyOfStep(step));
  const parent = keys.slice(0, -1);
  if (issue.type === 'strict_object' && issue.expected === 'never') {
    // valibot stops at the first unknown key of an object; a person wants all of them
    const known = Object.keys(entriesOf(schemaAt(parent)));
    const present = Object.keys(steps.at(-1)?.input ?? {});
    return present
      .filter((key) => !known.includes(key))
      .map((key) => problem([...parent, key], `unknown key${suggestion(key, known)}`));
  }
  if (issue.type === 'strict_object' && issue.received === 'undefined') return [problem(keys, 'is missing')];
  if (issue.type === 'picklist') {
    const isKey = steps.at(-1)?.origin === 'key';
    const words = optionsOf(isKey ? keySchemaOf(schemaAt(parent)) : schemaAt(keys));
    const hint = typeof issue.input === 'string' ? suggestion(issue.input, words) : oneOf(words);
    return [problem(keys, `${isKey ? 'unknown key' : `unknown value ${echo(issue.received)}`}${hint}`)];
  }
  if (issue.message.startsWith('expected')) return [problem(keys, issue.message + got(issue))];
  if (issue.kind === 'schema')
    return [problem(keys, `expected ${NAMES[issue.type] ?? issue.type}${got(issue)}`)];
  return [problem(keys, issue.message)];
}

const keyOfStep = ({ key }: { readonly key: unknown }): Key => (typeof key === 'number' ? key : String(key));

/** The value that was there, unless it is a whole section. */
function got({ kind, received, input }: Issue): string {
  if (kind === 'schema') return `, got ${echo(received)}`;
  return typeof input === 'object' ? '' : `, got ${echo(JSON.stringify(input))}`;
}

/** What a person calls a type in a YAML file. */
const NAMES: Readonly<Record<string, string>> = {
  strict_object: 'keys and values',
  record: 'keys and values',
  array: 'a list',
  string: 'a text',
  number: 'a number',
  boolean: 'true or false',
};

const problem = (keys: readonly Key[], message: string): PolicyProblem => ({
  path: pathOf(keys),
  keys,
  message,
});

const pathOf = (keys: readonly Key[]): string =>
  keys.reduce<string>((path, key) => {
    if (typeof key === 'number') return `${path}[${key}]`;
    return path === '' ? printable(key) : `${path}.${printable(key)}`;
  }, '');

/** The nearest of the right words when it is near enough to be meant, else all of them. */
function suggestion(wrong: string, words: readonly string[]): string {
  const simple = (word: string): string => word.toLowerCase().replaceAll(/[^a-z0-9]/g, '');
  const nearest = words
    .map((word) => ({ word, far: distance(simple(wrong), simple(word)) }))
    .sort((a, b) => a.far - b.far || (a.word < b.word ? -1 : 1))[0];
  if (nearest === undefined) return '';
  const begins = words.find(
    (word) => simple(wrong).startsWith(simple(word)) || simple(word).startsWith(simple(wrong)),
  );
  if (begins !== undefined && simple(wrong).length > 2) return `; did you mean \`${begins}\`?`;
  // a third of the letters wrong is still a slip of the finger; more is another word
  return nearest.far <= Math.max(1, Math.floor(nearest.word.length / 3))
    ? `; did you mean \`${nearest.word}\`?`
    : oneOf(words);
}

const oneOf = (words: readonly string[]): string =>
  words.length === 0 ? '' : `; expected one of ${words.join(', ')}`;

const echo = (received: string | null): string => {
  const text = printable(received ?? 'nothing');
  return text.length > LONGEST_ECHO ? `${text.slice(0, LONGEST_ECHO)}…` : text;
};

const printable = (text: string): string => text.replaceAll(/\p{C}/gu, '?');

/** The part of the policy schema that a path leads to; undefined where there is none. */
function schemaAt(keys: readonly Key[]): unknown {
  return keys.reduce<unknown>((schema, key) => {
    const inner = unwrapped(schema);
    if (typeof key === 'number') return field(inner, 'item');
    return entriesOf(inner)[key] ?? field(inner, 'value');
  }, PolicySchema);
}

/** A schema without the wrappers that only make it optional. */
function unwrapped(schema: unknown): unknown {
  const inner = field(schema, 'wrapped');
  return inner === undefined ? schema : unwrapped(inner);
}

const field = (value: unknown, name: string): unknown =>
  typeof value === 'object' && value !== null && Object.hasOwn(value, name)
    ? (value as Readonly<Record<string, unknown>>)[name]
    : undefined;

function entriesOf(schema: unknown): Readonly<Record<string, unknown>> {
  const entries = field(unwrapped(schema), 'entries');
  return typeof entries === 'object' && entries !== null ? { ...entries } : {};
}

const keySchemaOf = (schema: unknown): unknown => field(unwrapped(schema), 'key');

function optionsOf(schema: unknown): string[] {
  const options = field(unwrapped(schema), 'options');
  return Array.isArray(options) ? options.map(String) : [];
}
