import { distance } from 'fastest-levenshtein';
import { isNode, isPair, LineCounter, parseDocument } from 'yaml';
import { inForce, versionsOf } from '../../app/push-policy.ts';
import type { PolicyVersion } from '../../app/settings.ts';
import { clean } from '../../core/activity/clean.ts';
import { inOrder } from '../../core/policy/canonical.ts';
import { defaultPolicy, type Policy } from '../../core/policy/policy.ts';
import { WEIGHTS } from '../../core/policy/weights.ts';
import { keyText } from '../../tell/policy-change.ts';
import { coveredBy } from '../../tell/suppression.ts';
import { EXIT } from '../exit.ts';
import { reasonOf } from '../input/damage.ts';
import { loadPolicy } from '../load-policy.ts';
import { wrong } from '../wrong.ts';
import { POLICY_KEYS } from './keys.ts';
import { type OpenedSettings, openSettings, policyIn, type SettingsSource } from './source.ts';

export interface ExplainKeyOptions extends SettingsSource {
  readonly policy?: string;
}

/** A policy whose values are explained. */
interface Subject {
  readonly policy: Policy;
  readonly from: string;
  /** Where a key was set, in words; undefined where nobody set it. */
  readonly setAt: (key: string) => Promise<string | undefined>;
}

/** Says of a key, or of all keys of a section, what it does, what it is and where that comes from; gives the exit code. */
export async function runExplainKey(key: string, options: ExplainKeyOptions): Promise<number> {
  const keys = Object.keys(POLICY_KEYS).filter((each) => each === key || each.startsWith(`${key}.`));
  if (keys.length === 0) return wrong(`no key of the policy is called ${clean(key, 80)}${nearest(key)}`);
  let opened: OpenedSettings | undefined;
  try {
    const isStored = options.stack !== undefined || options.state !== undefined;
    if (isStored) opened = await openSettings(options, { readOnly: true });
    const subject = opened === undefined ? await ofFile(options.policy) : await ofVersion(opened);
    if (Array.isArray(subject)) return wrong(...subject);
    const { policy } = subject as Subject;
    for (const each of keys) process.stdout.write(await explained(each, subject as Subject));
    if (key === 'suppressions') process.stdout.write(suppressionLines(policy));
    return EXIT.done;
  } catch (error) {
    return wrong(reasonOf(error));
  } finally {
    opened?.close();
  }
}

/** The key that was probably meant. */
function nearest(key: string): string {
  const [best] = Object.keys(POLICY_KEYS)
    .map((each) => ({
      each,
      far: Math.min(distance(key, each), distance(key, each.split('.').at(-1) ?? '')),
    }))
    .sort((a, b) => a.far - b.far);
  return best !== undefined && best.far <= 4
    ? `; did you mean ${best.each}?`
    : '; docs/policy.md has all of them';
}

async function ofFile(path: string | undefined): Promise<Subject | readonly string[]> {
  const loaded = await loadPolicy(path);
  if (!loaded.ok) return loaded.problems;
  const { policy, from, text } = loaded;
  return {
    policy,
    from,
    async setAt(key) {
      const line = text === undefined ? undefined : lineOf(text, key);
      return line === undefined ? undefined : `${from}, line ${line}`;
    },
  };
}

/** The line on which a key stands in a file. */
function lineOf(text: string, key: string): number | undefined {
  const lineCounter = new LineCounter();
  let node: unknown = parseDocument(text, { lineCounter }).contents;
  let offset: number | undefined;
  for (const part of key.split('.')) {
    const items: unknown[] = isNode(node) && 'items' in node ? (node.items as unknown[]) : [];
    const pair = items.filter(isPair).find((each) => String(each.key) === part);
    // keys of suppressions stand in each of them
    if (pair === undefined)
      return key.startsWith('suppressions.') && offset !== undefined
        ? lineCounter.linePos(offset).line
        : undefined;
    offset = isNode(pair.key) ? pair.key.range?.[0] : undefined;
    node = pair.value;
  }
  return offset === undefined ? undefined : lineCounter.linePos(offset).line;
}

async function ofVersion({ store, name }: OpenedSettings): Promise<Subject | readonly string[]> {
  const current = await inForce(store);
  if (current === undefined) return [`${name}: nothing was pushed yet`];
  const versions: PolicyVersion[] = [];
  for await (const version of versionsOf(store)) versions.push(version);
  return {
    policy: policyIn(current),
    from: `version ${current.version} of ${name}`,
    setAt: async (key) => since(versions, key),
  };
}

/** The version that gave a key the value that it has now. */
function since(versions: readonly PolicyVersion[], key: string): string {
  const valueIn = (version: PolicyVersion): string => jsonOf(policyIn(version), key);
  const now = valueIn(versions[0] as PolicyVersion);
  const firstOther = versions.findIndex((version) => valueIn(version) !== now);
  const first = versions[(firstOther < 0 ? versions.length : firstOther) - 1] as PolicyVersion;
  return `since version ${first.version} of ${new Date(first.at).toISOString()}, by ${clean(first.by, 120)}: ${clean(first.why, 200)}`;
}

const jsonOf = (policy: Policy, key: string): string => {
  const [section = '', name] = key.split('.');
  const own = Object.entries(policy).find(([each]) => each === section)?.[1];
  const value = Array.isArray(own) || name === undefined ? own : Object(own)[name];
  return JSON.stringify(inOrder(value));
};

/** The exceptions there are, in order. */
const suppressionLines = ({ suppressions }: Policy): string =>
  suppressions
    .map((each, index) => {
      const { expires, reason, owner } = each;
      return `suppressions[${index}]: ${coveredBy(each)}; until ${expires}, ${clean(owner, 80)}: ${clean(reason, 200)}\n`;
    })
    .join('');

async function explained(key: string, { policy, from, setAt }: Subject): Promise<string> {
  const { does, signals } = POLICY_KEYS[key] ?? { does: '' };
  const isOne = key.startsWith('suppressions.');
  const [value, byDefault] = [policy, defaultPolicy].map((each) => keyText(key, jsonOf(each, key)));
  const at = isOne || value === byDefault ? undefined : await setAt(key);
  const origin = at ?? (value === byDefault ? `the default, in ${from}` : from);
  return [
    key,
    `  ${does}`,
    ...(isOne ? [] : [`  value    ${value}  (${origin})`, `  default  ${byDefault}`]),
    ...(key === 'signals.weights' ? [`  built in ${JSON.stringify(WEIGHTS)}`] : []),
    ...(signals === undefined
      ? []
      : [`  read by  ${signals === 'many' ? 'many signals' : signals.join(', ')}`]),
    `  more     docs/policy.md#${key.split('.')[0]}`,
    '',
  ]
    .join('\n')
    .concat('\n');
}
