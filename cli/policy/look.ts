import { access, readFile, writeFile } from 'node:fs/promises';
import { inForce, versionsOf } from '../../app/push-policy.ts';
import type { PolicyVersion, SettingsStore } from '../../app/settings.ts';
import { clean } from '../../core/activity/clean.ts';
import { policyDifference } from '../../core/policy/difference.ts';
import { defaultPolicy, type Policy } from '../../core/policy/policy.ts';
import { differenceLines } from '../../tell/policy-change.ts';
import { EXIT } from '../exit.ts';
import { reasonOf } from '../input/damage.ts';
import { loadPolicy, withHeader } from '../load-policy.ts';
import { wrong } from '../wrong.ts';
import { type OpenedSettings, openSettings, policyIn, type SettingsSource } from './source.ts';

/** Runs what reads the settings, and says what went wrong. */
async function reading(
  source: SettingsSource,
  use: (opened: OpenedSettings) => Promise<number>,
): Promise<number> {
  let opened: OpenedSettings | undefined;
  try {
    opened = await openSettings(source, { readOnly: true });
    return await use(opened);
  } catch (error) {
    return wrong(reasonOf(error));
  } finally {
    opened?.close();
  }
}

const none = ({ name }: OpenedSettings): number =>
  wrong(`${name}: nothing was pushed yet; the policy that was deployed is in force`);

export interface PullOptions extends SettingsSource {
  readonly number?: number;
  readonly output: string;
  readonly force?: boolean;
}

/** Writes a version as the file that was pushed; gives the exit code. */
export function runPull({ number, output, force, ...source }: PullOptions): Promise<number> {
  return reading(source, async (opened) => {
    const version = number === undefined ? await inForce(opened.store) : await opened.store.version(number);
    if (version === undefined)
      return number === undefined ? none(opened) : wrong(`${opened.name}: there is no version ${number}`);
    const text = withHeader(version);
    if (output === '-') {
      process.stdout.write(text);
      return EXIT.done;
    }
    if (!force && (await isOther(output, text)))
      return wrong(
        `${output} is there and says something else; name another file with --output, or give --force`,
      );
    await writeFile(output, text);
    process.stdout.write(`${output}: version ${version.version} of ${opened.name}\n`);
    return EXIT.done;
  });
}

async function isOther(file: string, text: string): Promise<boolean> {
  const there = await access(file).then(
    () => true,
    () => false,
  );
  return there && (await readFile(file, 'utf8')) !== text;
}

export interface LogOptions extends SettingsSource {
  readonly limit: number;
  readonly format: 'text' | 'json';
}

/** Prints the versions that have been in force, the newest first; gives the exit code. */
export function runLog({ limit, format, ...source }: LogOptions): Promise<number> {
  return reading(source, async (opened) => {
    const versions: PolicyVersion[] = [];
    for await (const version of versionsOf(opened.store)) {
      if (versions.length === limit) break;
      versions.push(version);
    }
    if (format === 'json') {
      const plain = versions.map(({ text: _, json: __, ...rest }) => rest);
      process.stdout.write(`${JSON.stringify(plain, undefined, 2)}\n`);
      return EXIT.done;
    }
    if (versions.length === 0) return none(opened);
    process.stdout.write(versions.map(lineOf).join(''));
    return EXIT.done;
  });
}

function lineOf({ version, at, by, why, of, sha256 }: PolicyVersion, index: number): string {
  const marks = [...(index === 0 ? ['in force'] : []), ...(of === undefined ? [] : [`goes back to ${of}`])];
  const head = `version ${version}${marks.length === 0 ? '' : ` (${marks.join(', ')})`}`;
  return `${head}  ${new Date(at).toISOString()}  ${sha256.slice(0, 12)}\n  ${clean(by, 200)}: ${clean(why, 500)}\n`;
}

/** Prints what two policies say differently; gives the exit code. */
export function runDiff(a: string, b: string, source: SettingsSource): Promise<number> {
  const compare = async (opened: OpenedSettings | undefined): Promise<number> => {
    const [before, after] = [await policyNamed(a, opened), await policyNamed(b, opened)];
    const problems = [before, after].flatMap((each) => (Array.isArray(each) ? each : []));
    if (problems.length > 0) return wrong(...problems);
    const lines = differenceLines(policyDifference(before as Policy, after as Policy));
    process.stdout.write(lines.length === 0 ? 'they judge the same\n' : `${lines.join('\n')}\n`);
    return EXIT.done;
  };
  const needsStore = [a, b].some((name) => name === 'current' || /^\d+$/.test(name));
  return needsStore ? reading(source, compare) : compare(undefined);
}

/** A policy by a version, `current`, `none` for the defaults, or a file; or what is wrong with it. */
async function policyNamed(
  name: string,
  opened: OpenedSettings | undefined,
): Promise<Policy | readonly string[]> {
  if (name === 'none') return defaultPolicy;
  if (opened !== undefined && (name === 'current' || /^\d+$/.test(name))) {
    const version = await versionNamed(opened.store, name);
    return version === undefined ? [`${opened.name}: there is no version ${name}`] : policyIn(version);
  }
  const loaded = await loadPolicy(name);
  return loaded.ok ? loaded.policy : loaded.problems;
}

const versionNamed = (store: SettingsStore, name: string): Promise<PolicyVersion | undefined> =>
  name === 'current' ? inForce(store) : store.version(Number(name));
