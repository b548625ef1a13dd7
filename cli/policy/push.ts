import { readFile } from 'node:fs/promises';
import { createInterface } from 'node:readline/promises';
import { inForce, type Push, pushPolicy } from '../../app/push-policy.ts';
import type { PolicyVersion } from '../../app/settings.ts';
import { clean } from '../../core/activity/clean.ts';
import { canonicalPolicy } from '../../core/policy/canonical.ts';
import { policyDifference } from '../../core/policy/difference.ts';
import { lintPolicy } from '../../core/policy/lint.ts';
import { defaultPolicy, type Policy } from '../../core/policy/policy.ts';
import { differenceLines } from '../../tell/policy-change.ts';
import { EXIT } from '../exit.ts';
import { reasonOf } from '../input/damage.ts';
import { sha256, withoutHeader } from '../load-policy.ts';
import { parsePolicy } from '../parse-policy.ts';
import { wrong } from '../wrong.ts';
import { type OpenedSettings, openSettings, policyIn, readVersion, type SettingsSource } from './source.ts';

export interface PushOptions extends SettingsSource {
  readonly why: string;
  readonly over?: number;
  readonly yes?: boolean;
}

/** DynamoDB takes items of 400 kB; the file and its completed form are one. */
const MAX_BYTES = 350_000;
const MAX_WHY = 500;

/** Checks a policy file, shows what it changes, and puts it in force; gives the exit code. */
export async function runPush(file: string, options: PushOptions): Promise<number> {
  let written: string;
  try {
    written = await readFile(file, 'utf8');
  } catch (error) {
    return wrong(`${file}: ${reasonOf(error)}`);
  }
  const { base, text } = withoutHeader(written);
  const parsed = parsePolicy(file, written);
  if (!parsed.ok) return wrong(...parsed.problems);
  return pushed(options, async (opened, current) => {
    const inForceNow = current?.version ?? 0;
    if (base !== undefined && base !== inForceNow && options.over !== inForceNow)
      return [
        `${file} is based on version ${base}, and ${saying(current)} is in force`,
        `see what is different with launchtrail policy diff ${base} current ${opened.options}, then pull and change that, or push with --over ${inForceNow}`,
      ];
    return { text, policy: parsed.policy };
  });
}

/** Puts an earlier version in force again, as a version of its own; gives the exit code. */
export function runRollback(version: number, options: PushOptions): Promise<number> {
  return pushed(options, async ({ store, options: where }, current) => {
    if (current?.version === version) return [`version ${version} is in force already`];
    const earlier = await store.version(version);
    if (earlier === undefined)
      return [`there is no version ${version}; launchtrail policy log ${where} lists them`];
    return { text: earlier.text, policy: policyIn(earlier), of: version };
  });
}

/** What is to be put in force, or in lines why nothing is. */
type Wanted = { readonly text: string; readonly policy: Policy; readonly of?: number } | readonly string[];

async function pushed(
  options: PushOptions,
  wantedOf: (opened: OpenedSettings, current: PolicyVersion | undefined) => Promise<Wanted>,
): Promise<number> {
  const why = clean(options.why, MAX_WHY);
  if (why === '') return wrong('say with --why why the policy changes, for those who look later');
  let opened: OpenedSettings | undefined;
  try {
    opened = await openSettings(options);
    const current = await inForce(opened.store);
    const wanted = await wantedOf(opened, current);
    if (!('policy' in wanted)) return wrong(...wanted);
    const json = canonicalPolicy(wanted.policy);
    if (Buffer.byteLength(json) + Buffer.byteLength(wanted.text) > MAX_BYTES)
      return wrong(
        `the policy is too large: ${MAX_BYTES} bytes are possible, the file and its completed form together`,
      );
    if (current?.sha256 === sha256(json)) return nothingToDo(current);
    show(wanted.policy, current, opened);
    if (!(await isSure(options))) return wrong('nothing was changed; --yes pushes without asking');
    const push: Push = {
      ...{ base: current?.version ?? 0, text: wanted.text, json, sha256: sha256(json) },
      ...{ by: clean(await opened.who(), 200), at: Date.now(), why },
      ...(wanted.of !== undefined && { of: wanted.of }),
    };
    return told(await pushPolicy(opened.store, push), push, opened);
  } catch (error) {
    return wrong(reasonOf(error));
  } finally {
    opened?.close();
  }
}

function nothingToDo({ version }: PolicyVersion): number {
  process.stdout.write(`version ${version}, which is in force, judges the same: nothing was pushed\n`);
  return EXIT.done;
}

/** Says what is about to change. */
function show(policy: Policy, current: PolicyVersion | undefined, { name }: OpenedSettings): void {
  const lines = [
    ...differencesFrom(current, policy, name),
    ...lintPolicy(policy, new Date().toISOString().slice(0, 10)).map(
      ({ key, message }) => `warning: ${key}: ${message}`,
    ),
  ];
  process.stderr.write(`${lines.join('\n')}\n`);
}

function differencesFrom(current: PolicyVersion | undefined, policy: Policy, name: string): string[] {
  const read = current === undefined ? undefined : readVersion(current);
  if (read?.ok === false) return [`${name}: ${read.reason}, so what is different is not known`];
  const from =
    current === undefined
      ? 'the built-in defaults (nothing was pushed before)'
      : `version ${current.version}`;
  return [
    `${name}: what is different from ${from}`,
    ...differenceLines(policyDifference(read?.policy ?? defaultPolicy, policy)).map((line) => `  ${line}`),
  ];
}

async function isSure({ yes }: PushOptions): Promise<boolean> {
  if (yes) return true;
  if (!process.stdin.isTTY) return false;
  const asking = createInterface({ input: process.stdin, output: process.stderr });
  try {
    return /^y(es)?$/i.test((await asking.question('Put it in force? [y/N] ')).trim());
  } finally {
    asking.close();
  }
}

function told(
  result: Awaited<ReturnType<typeof pushPolicy>>,
  { base }: Push,
  { name, options }: OpenedSettings,
): number {
  if (result.ok) {
    process.stdout.write(`${name}: version ${result.version.version} is in force\n`);
    return EXIT.done;
  }
  return wrong(
    `nothing was changed: ${saying(result.now)} came into force while this was compared with version ${base}`,
    `see what it says with launchtrail policy diff ${base} current ${options}, then push again`,
  );
}

const saying = (version: PolicyVersion | undefined): string =>
  version === undefined
    ? 'none'
    : `version ${version.version} by ${clean(version.by, 200)} (${clean(version.why, 200)})`;
