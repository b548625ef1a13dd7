import type { Policy } from './policy.ts';

export type Completed =
  | { readonly ok: true; readonly policy: Policy }
  | { readonly ok: false; readonly reason: string };

/** What a policy may hold under keys of the user's own, by the path of the section. */
const FREE: Readonly<Record<string, (value: unknown) => boolean>> = {
  'signals.weights': (value) => typeof value === 'number' && value >= 0 && value <= 1,
  'volumeSensitivity.tags': isTexts,
};

/**
 * Reads a policy that was found valid and completed when it was pushed. A key that this version has and the one that pushed did not
 * gets its default.
 *
 * That it has the shape of the defaults is all that is asked here: its hash says that it is what was checked then, and the schema
 * with its library would take a function longer to load than all of this takes.
 */
export function completedPolicy(stored: unknown, defaults: Policy): Completed {
  const problem = unlike(stored, defaults, '');
  if (problem !== undefined) return { ok: false, reason: problem };
  return { ok: true, policy: filled(stored, defaults) as Policy };
}

/** Where the shape of a value is another than that of a default, and what it should be. */
function unlike(value: unknown, model: unknown, path: string): string | undefined {
  if (Array.isArray(model)) {
    const right = (ENTRIES[path] ?? isTexts)(value);
    return right ? undefined : `${path} is no list of ${Object.hasOwn(ENTRIES, path) ? path : 'texts'}`;
  }
  if (!isObject(model)) {
    const wanted = typeof model;
    return typeof value === wanted ? undefined : `${path} is no ${wanted}`;
  }
  if (!isObject(value)) return `${path || 'it'} holds no keys`;
  const free = FREE[path];
  if (free !== undefined) {
    const wrong = Object.entries(value).find(([, each]) => !free(each));
    return wrong && `${path} holds something else under one of its keys`;
  }
  for (const [key, part] of Object.entries(model)) {
    if (!Object.hasOwn(value, key)) continue;
    const problem = unlike(value[key], part, path === '' ? key : `${path}.${key}`);
    if (problem !== undefined) return problem;
  }
  return undefined;
}

/** A value with what it lacks of a model of the same shape. */
function filled(value: unknown, model: unknown): unknown {
  if (!isObject(model) || !isObject(value)) return value;
  const more = Object.entries(model).map(([key, part]) => [
    key,
    Object.hasOwn(value, key) ? filled(value[key], part) : part,
  ]);
  return { ...value, ...Object.fromEntries(more) };
}

const isIdentities = (value: unknown): boolean =>
  Array.isArray(value) &&
  value.every((each) => isObject(each) && typeof each.person === 'string' && isTexts(each.ids));

const isObject = (value: unknown): value is Readonly<Record<string, unknown>> =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

function isTexts(value: unknown): boolean {
  return Array.isArray(value) && value.every((each) => typeof each === 'string');
}

const isSuppressions = (value: unknown): boolean =>
  Array.isArray(value) &&
  value.every(
    (each) => isObject(each) && typeof each.expires === 'string' && isTexts(Object.values(each).flat()),
  );

/** Lists of more than texts, by their path. */
const ENTRIES: Readonly<Record<string, (value: unknown) => boolean>> = {
  suppressions: isSuppressions,
  identities: isIdentities,
};
