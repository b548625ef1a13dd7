import { readFileSync } from 'node:fs';
import { RetentionDays } from 'aws-cdk-lib/aws-logs';
import { closest, distance } from 'fastest-levenshtein';
import { parse } from 'yaml';
import { defaultPolicy, type Policy } from '../core/policy/policy.ts';
import { readPolicy } from '../core/policy/read-policy.ts';
import { shellSafeJson } from './constructs/bundled-function.ts';
import type { Channels } from './constructs/chat-channels.ts';
import type { KeptTables } from './constructs/stores.ts';
import { isDocsAddress } from './docs-home.ts';

/** The periods CloudWatch Logs accepts, in days; 9999 is CDK's word for "for ever". */
const RETENTIONS = Object.values(RetentionDays).filter(
  (days): days is number => typeof days === 'number' && days !== RetentionDays.INFINITE,
);

/** Characters of JSON; see `travelling`. */
const MAX_POLICY = 120_000;

/** Further apart than this, two words are not a slip of the same word. */
export const SLIP = 3;

/** A wrong context value; the message names the value, what is allowed and where one can guess it, the right word. */
export class ConfigError extends Error {
  constructor(name: string, problem: string) {
    super(`Context value '${name}': ${problem}`);
    this.name = 'ConfigError';
  }
}

export function oneOf<T extends string>(name: string, value: unknown, allowed: readonly T[]): T {
  const found = allowed.find((word) => word === value);
  if (found !== undefined) return found;
  const text = String(value);
  const near = closest(text.toLowerCase(), [...allowed]);
  const hint = distance(text.toLowerCase(), near) <= SLIP ? ` Did you mean '${near}'?` : '';
  throw new ConfigError(name, `expected ${allowed.join(', ')}; got '${text}'.${hint}`);
}

/** Off unless asked for. */
export const flagFrom = (name: string, context: Readonly<Record<string, unknown>>): boolean =>
  oneOf(name, String(context[name] ?? false), ['true', 'false']) === 'true';

export function emailFrom(value: unknown): string | undefined {
  if (value === undefined || value === '') return undefined;
  if (typeof value === 'string' && /^[^\s@]+@[^\s@]+\.[^\s@]+$/.test(value)) return value;
  throw new ConfigError(
    'alertEmail',
    `expected one e-mail address such as security@example.com; got '${String(value)}'.`,
  );
}

export function bucketFrom(value: unknown): string | undefined {
  if (value === undefined || value === '') return undefined;
  if (typeof value === 'string' && /^[a-z0-9][a-z0-9.-]{1,61}[a-z0-9]$/.test(value)) return value;
  throw new ConfigError('seedFrom', `expected the name of a bucket; got '${String(value)}'.`);
}

export function docsFrom(value: unknown): string | undefined {
  if (value === undefined || value === '') return undefined;
  const docs = String(value).replace(/\/$/, '');
  if (isDocsAddress(docs)) return docs;
  throw new ConfigError(
    'docs',
    `expected the https address of the folder docs/, of at most 200 characters, such as https://git.example.com/security/launchtrail/-/blob/HEAD/docs; got '${String(value)}'.`,
  );
}

/** https://docs.aws.amazon.com/organizations/latest/APIReference/API_Organization.html gives the form. */
export function organisationFrom(value: unknown): string | undefined {
  if (value === undefined || value === '') return undefined;
  if (typeof value === 'string' && /^o-[a-z0-9]{10,32}$/.test(value)) return value;
  throw new ConfigError(
    'organisation',
    `expected the id of an AWS organisation such as o-a1b2c3d4e5; got '${String(value)}'. ` +
      'It is what `aws organizations describe-organization` calls Id.',
  );
}

/** Ids as the chat clients show them in links: of Slack `T…/C…`; of Teams the team and the tenant, then the channel. */
export function channelsFrom({ slackChannel, teamsChannel }: Readonly<Record<string, unknown>>): Channels {
  const uuid = '[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}';
  const slack = idsFrom(
    'slackChannel',
    slackChannel,
    /^([A-Z0-9]{1,255})\/([A-Za-z0-9]{1,255})$/,
    'T0123ABCD/C0123ABCD',
  );
  const teams = idsFrom(
    'teamsChannel',
    teamsChannel,
    new RegExp(`^(${uuid})/(${uuid})/([\\w%.@:-]{1,256})$`),
    'TEAM-ID/TENANT-ID/19%3aCHANNEL%40thread.tacv2',
  );
  const [workspace = '', slackId = ''] = slack;
  const [team = '', tenant = '', teamsId = ''] = teams;
  return {
    ...(workspace !== '' && { slack: { workspace, channel: slackId } }),
    ...(team !== '' && { teams: { team, tenant, channel: teamsId } }),
  };
}

function idsFrom(name: string, value: unknown, form: RegExp, example: string): string[] {
  if (value === undefined || value === '') return [];
  const found = typeof value === 'string' ? form.exec(value) : null;
  if (found !== null) return found.slice(1);
  throw new ConfigError(name, `expected ids such as ${example}; got '${String(value)}'.`);
}

export function wholeFrom(name: string, value: unknown, least: number, most: number): number {
  const number = value === '' ? Number.NaN : Number(value);
  if (Number.isInteger(number) && number >= least && number <= most) return number;
  throw new ConfigError(name, `expected a whole number from ${least} to ${most}; got '${String(value)}'.`);
}

export function tablesFrom(context: Readonly<Record<string, unknown>>): KeptTables | undefined {
  const { historyTable: history, findingsStream, settingsStream } = context;
  const isGiven = (value: unknown) => value !== undefined && value !== '';
  if (![history, findingsStream, settingsStream].some(isGiven)) return undefined;
  if (typeof history !== 'string' || !/^[\w.-]{3,255}$/.test(history)) {
    throw new ConfigError('historyTable', `expected the name of a DynamoDB table; got '${String(history)}'.`);
  }
  return {
    history,
    findingsStream: streamFrom('findingsStream', findingsStream),
    ...(isGiven(settingsStream) && { settingsStream: streamFrom('settingsStream', settingsStream) }),
  };
}

function streamFrom(name: 'findingsStream' | 'settingsStream', stream: unknown): string {
  if (
    typeof stream === 'string' &&
    /^arn:[\w-]+:dynamodb:[\w-]+:\d{12}:table\/[\w.-]+\/stream\/.+$/.test(stream)
  )
    return stream;
  throw new ConfigError(
    name,
    `expected the ARN of the stream of the ${name.replace('Stream', '')} table; got '${String(stream)}'. ` +
      'It is what `aws dynamodb describe-table` calls LatestStreamArn.',
  );
}

export function retentionFrom(value: unknown): RetentionDays {
  const days = Number(value);
  if (RETENTIONS.includes(days)) return days;
  const nearest = RETENTIONS.reduce((best, candidate) =>
    Math.abs(candidate - days) < Math.abs(best - days) ? candidate : best,
  );
  const hint = Number.isFinite(days) ? ` The nearest is ${nearest}.` : '';
  throw new ConfigError(
    'retentionDays',
    `expected one of ${RETENTIONS.join(', ')}; got '${String(value)}'.${hint}`,
  );
}

export function policyFrom(value: unknown): Policy {
  if (value === undefined || value === '') return defaultPolicy;
  if (typeof value !== 'string') {
    throw new ConfigError('policy', `expected the path of a YAML file; got '${String(value)}'.`);
  }
  const read = readPolicy(parsePolicyFile(value));
  if (read.ok) return travelling(value, read.policy);
  const problems = read.problems.map(
    ({ path, message }) => `\n  ${path === '' ? '' : `${path}: `}${message}`,
  );
  throw new ConfigError('policy', `${value} is not a valid policy:${problems.join('')}`);
}

/** The policy goes to esbuild as an argument, of which Linux takes 128 KiB. */
function travelling(path: string, policy: Policy): Policy {
  const size = JSON.stringify(shellSafeJson(policy)).length;
  if (size <= MAX_POLICY) return policy;
  throw new ConfigError(
    'policy',
    `${path} is too large: ${size} characters as JSON, ${MAX_POLICY} are possible.`,
  );
}

/** The content of a policy file; an empty file says nothing, which is valid. */
function parsePolicyFile(path: string): unknown {
  try {
    return parse(readFileSync(path, 'utf8')) ?? {};
  } catch (error) {
    const why = error instanceof Error ? error.message : String(error);
    throw new ConfigError(
      'policy',
      `cannot read ${path}: ${why}\nGive the path of a YAML file, or leave it out.`,
    );
  }
}
