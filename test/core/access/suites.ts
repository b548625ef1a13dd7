import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { type Principal, readAuthorization } from '../../../core/access/authorization.ts';
import { NO_ORGANISATION } from '../../../core/access/organisation.ts';
import { ACCOUNT } from './subjects.ts';

/** Folder of checkouts of public suites, each under its repository's name; tests that need it are skipped where it is not set. */
const SUITES = process.env.LAUNCHTRAIL_SUITES;

/** A checkout, where it is at hand. */
export function suite(name: string): string | undefined {
  const folder = SUITES === undefined ? undefined : join(SUITES, name);
  return folder !== undefined && existsSync(folder) ? folder : undefined;
}

/** What a skipped suite says in its name. */
export const hint = (name: string): string =>
  suite(name) === undefined ? ` (skipped: set LAUNCHTRAIL_SUITES to a folder that has ${name})` : '';

/** A case of IAMSpy's tests/test_integration.py: `can_i` says whether, `who_can` who. */
export interface SpyCase {
  readonly listings: readonly string[];
  readonly resourcePolicies: readonly string[];
  /** Absent: who can. */
  readonly principal?: string;
  readonly action: string;
  readonly resource: string;
  readonly conditions: readonly string[];
  /** What is not among the conditions is in no request; else it may be. */
  readonly strict: boolean;
  readonly expected: boolean | readonly string[];
}

export function spyCases(folder: string): SpyCase[] {
  const source = readFileSync(join(folder, 'tests/test_integration.py'), 'utf8');
  const cases = source.matchAll(/(\{"gaads".*?\}),\s*\(([\s\S]*?)\),\s*(True|False|set\([^)]*\)),?\s*\)/g);
  return [...cases].map(([, files = '', given = '', out = '']): SpyCase => {
    const { gaads = [], resources = [] } = python(files) as { gaads?: string[]; resources?: string[] };
    const input = python(`[${given}]`) as unknown[];
    const isWho = out.startsWith('set');
    const [action, resource, conditions = [], , strict = false] = isWho ? input : input.slice(1);
    return {
      listings: gaads,
      resourcePolicies: resources,
      ...(!isWho && { principal: String(input[0]) }),
      action: String(action),
      resource: String(resource),
      conditions: conditions as string[],
      strict: strict as boolean,
      expected: isWho ? (python(out.slice('set('.length, -1) || '[]') as string[]) : out === 'True',
    };
  });
}

/** A literal of Python as JSON would have it. */
const python = (literal: string): unknown =>
  JSON.parse(
    literal
      .replaceAll("'", '"')
      .replace(/\bNone\b/g, 'null')
      .replace(/\bTrue\b/g, 'true')
      .replace(/\bFalse\b/g, 'false')
      .replace(/,(\s*[\]}])/g, '$1'),
  );

export const spyPrincipals = (folder: string, { listings }: SpyCase): readonly Principal[] =>
  readAuthorization(
    listings.map((file) => JSON.parse(readFileSync(join(folder, 'tests/files', file), 'utf8'))),
    NO_ORGANISATION,
  ).principals;

/** A value of Terraform's language: a block or object is a record, what only a plan knows is its text. */
type Value = string | readonly Value[] | { readonly [name: string]: Value };

/** The users and roles that a file of iam-vulnerable makes, with the policies that it attaches to them. */
export function terraformPrincipals(file: string): readonly Principal[] {
  const source = readFileSync(file, 'utf8').replace(/^\s*#.*$/gm, '');
  const blocks = terraform(source);
  const made = (type: string): [string, { [name: string]: Value }][] =>
    blocks.filter(([kind]) => kind === type).map(([, name, body]) => [name, body]);
  const documents = new Map(
    made('aws_iam_policy_document').map(([name, { statement }]) => [
      `data.aws_iam_policy_document.${name}.json`,
      documentOf([statement ?? []].flat() as Record<string, Value>[]),
    ]),
  );
  const policies = made('aws_iam_policy').map(([name, { policy }]) => ({
    Arn: `arn:aws:iam::${ACCOUNT}:policy/${name}`,
    PolicyVersionList: [
      { IsDefaultVersion: true, Document: typeof policy === 'string' ? documents.get(policy) : policy },
    ],
  }));
  const attached = (kind: 'user' | 'role', name: string): object[] =>
    made(`aws_iam_${kind}_policy_attachment`)
      .filter(([, body]) => body[kind] === `aws_iam_${kind}.${name}.name`)
      .map(([, { policy_arn }]) => ({
        PolicyArn: String(policy_arn).replace(
          /^aws_iam_policy\.(.*)\.arn$/,
          `arn:aws:iam::${ACCOUNT}:policy/$1`,
        ),
      }));
  const page = {
    UserDetailList: made('aws_iam_user').map(([name]) => ({
      Arn: `arn:aws:iam::${ACCOUNT}:user/${name}`,
      UserId: `AIDA${name}`,
      UserName: name,
      AttachedManagedPolicies: attached('user', name),
    })),
    RoleDetailList: made('aws_iam_role').map(([name]) => ({
      Arn: `arn:aws:iam::${ACCOUNT}:role/${name}`,
      RoleId: `AROA${name}`,
      AssumeRolePolicyDocument: documentOf([]),
      AttachedManagedPolicies: attached('role', name),
    })),
    Policies: policies,
  };
  return readAuthorization([page], NO_ORGANISATION).principals.filter(({ kind }) => kind !== 'root');
}

const documentOf = (statements: readonly Record<string, Value>[]): object => ({
  Version: '2012-10-17',
  Statement: statements.map(({ effect, actions, resources, condition }) => ({
    Effect: effect,
    Action: actions,
    Resource: resources,
    ...(condition !== undefined && {
      Condition: Object.fromEntries(
        ([condition].flat() as { test: string; variable: string; values: Value }[]).map((each) => [
          each.test,
          { [each.variable]: each.values },
        ]),
      ),
    }),
  })),
});

/** Blocks of two labels, such as `resource "aws_iam_role" "name" {…}`: as much of the language as these files use. */
function terraform(source: string): [string, string, { [name: string]: Value }][] {
  const tokens = source.match(/"(?:[^"\\]|\\.)*"|[\w.-]+|[{}[\]()=:,]/g) ?? [];
  let at = 0;
  const next = (): string => tokens[at++] ?? '';
  const plain = (token: string): string => (token.startsWith('"') ? (JSON.parse(token) as string) : token);
  const body = (): { [name: string]: Value } => {
    const values: { [name: string]: Value } = {};
    for (let token = next(); token !== '}'; token = next()) {
      if (token === '') throw new Error(`a block has no end: ${source.slice(0, 60)}`);
      if (token === ',') continue;
      if (tokens[at] === '=' || tokens[at] === ':') at += 1;
      values[plain(token)] = value();
    }
    return values;
  };
  const value = (): Value => {
    const token = next();
    if (token === '{') return body();
    if (token === '[') {
      const values: Value[] = [];
      while (tokens[at] !== ']')
        if (tokens[at] === ',') at += 1;
        else values.push(value());
      at += 1;
      return values;
    }
    if (tokens[at] !== '(') return plain(token);
    at += 1;
    const argument = value();
    at += 1;
    return argument;
  };
  const blocks: [string, string, { [name: string]: Value }][] = [];
  while (at < tokens.length) {
    next();
    const [type, name] = [plain(next()), plain(next())];
    at += 1;
    blocks.push([type, name, body()]);
  }
  return blocks;
}

export const terraformFiles = (folder: string): string[] =>
  readdirSync(folder)
    .filter((file) => /^f[np]\d.*\.tf$/.test(file))
    .sort();
