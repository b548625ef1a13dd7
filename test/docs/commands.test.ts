import { spawnSync } from 'node:child_process';
import { readdirSync, readFileSync } from 'node:fs';
import { chmod, cp, mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { azureRecords, compute } from '../azure-records.ts';
import { launch, publicShare } from '../cli/desk.ts';

const ROOT = resolve(import.meta.dirname, '../..');
const PAGES = [
  'README.md',
  'CONTRIBUTING.md',
  'SECURITY.md',
  ...readdirSync(join(ROOT, 'docs'))
    .filter((name) => name.endsWith('.md'))
    .map((name) => `docs/${name}`),
];
const COMMAND = /^(launchtrail|npx|npm|node|aws|cdk|pip-compile|bash|LAUNCHTRAIL_\w+=\S+) /;

/** Commands that are not run here, and why not. */
const NOT_RUN: readonly (readonly [pattern: RegExp, why: string])[] = [
  [
    /^(npm ci|npm test|bash \.ci\/run|node --cpu-prof|npm run (check|synth|test:\w+|bench\S*|evaluate|demo|pictures)\b)/,
    '.ci/run runs it, or it measures',
  ],
  [/^npm run pack|^npm install --global|^npx \.\/launchtrail/, 'test/pack does it, with the packed file'],
  [/^npx launchtrail$/, 'the README says not to'],
  [/^npm run (--silent )?launchtrail\b/, 'test/cli/launcher.test.ts starts it'],
  [/^npx cdk/, 'it deploys; test/infra synthesises the stack'],
  [/^LAUNCHTRAIL_RUNS=|^npx vitest|^node test\/scenarios/, 'it tests, or writes a page that a test keeps'],
  [/^npm sbom|^pip-compile/, '.ci/run runs the one, the other needs pip-tools'],
  [/^aws (?!cloudtrail lookup-events --output json \|)/, 'it needs an AWS account'],
  [/^(?:az|gcloud) /, 'it needs an account of that cloud'],
  [
    /--stack /,
    'test/cli/explain-stack.test.ts, redrive.test.ts, republish.test.ts, distributed.test.ts and test/e2e/verify.test.ts and triage.test.ts do it, on servers of their own',
  ],
  [/s3:\/\//, 'test/cli/replay-s3.test.ts does it, on a server of its own'],
];

interface Block {
  readonly page: string;
  readonly commands: readonly string[];
}

/** Commands as the pages write them: blocks of them, and those within sentences. */
function blocksOf(page: string): Block[] {
  const text = readFileSync(join(ROOT, page), 'utf8');
  const fences = [...text.matchAll(/^```(\w*)\n(.*?)^```$/gms)];
  for (const [, language, lines = ''] of fences)
    if (language !== 'sh') expect(lines.split('\n').filter((line) => COMMAND.test(line))).toEqual([]);
  const blocks = fences
    .filter(([, language]) => language === 'sh')
    .map(([, , lines = '']) => ({
      page,
      commands: lines
        .replaceAll(/\\\n */g, '')
        .split('\n')
        .map((line) => line.replace(/ +#.*|^#.*/, '').trim())
        .filter((line) => line !== ''),
    }));
  const prose = text.replaceAll(/^```.*?^```$/gms, '').replaceAll(/\s+/g, ' ');
  const inline = [...prose.matchAll(/`([^`]+)`/g)]
    .map(([, code = '']) => code)
    .filter((code) => COMMAND.test(`${code} `));
  // within a sentence a command is mostly named, not run: that it is there is all one can say
  const named = inline.map((command) => command.replace(/^launchtrail( [a-z]+){0,2}$/, '$& --help'));
  return [...blocks, ...named.map((command) => ({ page, commands: [command] }))];
}

const blocks = PAGES.flatMap(blocksOf);
const reasonFor = (command: string): string | undefined =>
  NOT_RUN.find(([pattern]) => pattern.test(command))?.[1];
const runnable = blocks
  .map(({ page, commands }) => ({ page, commands: commands.filter((each) => reasonFor(each) === undefined) }))
  .filter(({ commands }) => commands.length > 0);

const instance = 'i-0123456789abcdef0';
const records = (day: number) => {
  const at = (hour: number): string =>
    new Date(Date.UTC(2026, 8, day, hour)).toISOString().replace('.000', '');
  const big = launch(`launch-${day}`, at(10));
  const parameters = { ...Object(big.requestParameters), instanceType: 'p5.48xlarge' };
  const answer = { instancesSet: { items: [{ instanceId: instance, imageId: 'ami-0example' }] } };
  return [
    publicShare(`share-${day}`, at(9)),
    { ...big, requestParameters: parameters, responseElements: answer },
  ];
};

/** What the command lines of other clouds would have written. */
const started = {
  operation: 'Microsoft.Compute/virtualMachines/start/action',
  on: compute('rg', 'virtualMachines', 'web'),
  at: Date.UTC(2026, 8, 12, 9),
};

/** Somebody who can launch, as `get-account-authorization-details` lists them, and a question about what lets them. */
const POLICY = { Statement: [{ Effect: 'Allow', Action: 'ec2:RunInstances', Resource: '*' }] };
const ACCOUNT = {
  UserDetailList: [
    {
      UserName: 'ana',
      UserId: 'AIDAEXAMPLEANA000001',
      Arn: 'arn:aws:iam::111122223333:user/ana',
      UserPolicyList: [{ PolicyName: 'own', PolicyDocument: POLICY }],
      GroupList: [],
      AttachedManagedPolicies: [],
    },
  ],
  GroupDetailList: [],
  RoleDetailList: [],
  Policies: [],
  IsTruncated: false,
};
const QUESTION = { PolicyInputList: [JSON.stringify(POLICY)], ActionNames: ['ec2:RunInstances'] };

let prepared: string;
const scratch: string[] = [];
const newFolder = async (): Promise<string> => {
  const folder = await mkdtemp(join(tmpdir(), 'launchtrail-docs-'));
  scratch.push(folder);
  return folder;
};

/** Runs a command in a folder as a reader would. */
function run(command: string, folder: string) {
  return spawnSync('bash', ['-euo', 'pipefail', '-c', command], {
    cwd: folder,
    env: { ...process.env, PATH: `${join(prepared, 'bin')}:${process.env.PATH}` },
    encoding: 'utf8',
    input: '',
  });
}

beforeAll(async () => {
  prepared = await newFolder();
  await mkdir(join(prepared, 'bin'));
  const script = (name: string, text: string) =>
    writeFile(join(prepared, 'bin', name), `#!/bin/sh\n${text}\n`).then(() =>
      chmod(join(prepared, 'bin', name), 0o755),
    );
  await script('launchtrail', `exec '${process.execPath}' '${join(ROOT, 'cli/main.ts')}' "$@"`);
  const events = records(8).map((record) => ({ CloudTrailEvent: JSON.stringify(record) }));
  await script('aws', `cat <<'END'\n${JSON.stringify({ Events: events })}\nEND`);
  for (const [name, day] of [
    ['AWSLogs', 12],
    ['day1', 13],
    ['day2', 14],
  ] as const) {
    await mkdir(join(prepared, name));
    await writeFile(join(prepared, name, 'records.json'), JSON.stringify(records(day)));
  }
  expect(run('launchtrail replay AWSLogs --state history.sqlite', prepared).status).toBe(0);
  await writeFile(join(prepared, 'activity.json'), JSON.stringify(azureRecords([started])));
  await writeFile(join(prepared, 'policy.yaml'), 'timeWindow: 24h\n');
  await writeFile(join(prepared, 'account.json'), JSON.stringify(ACCOUNT));
  await writeFile(join(prepared, 'questions.jsonl'), JSON.stringify(QUESTION));
});
afterAll(() => Promise.all(scratch.map((folder) => rm(folder, { recursive: true, force: true }))));

/** Puts what is there in place of what a reader would fill in. */
const filledIn = (command: string): string =>
  command
    .replace(/\bFINDING\b|(?<=explain )ID\b/, 'lt-111122223333-share-12')
    .replace('EVENT_ID', 'share-12')
    .replace(/access ask FILE/, 'access ask questions.jsonl')
    .replace(/--state FILE/, '--state history.sqlite')
    .replace(/--policy FILE/, '--policy policy.yaml')
    .replace(/^launchtrail COMMAND --help/, 'launchtrail replay --help');

describe('a command that a page shows', () => {
  it('is found on the pages', () => {
    expect(blocks.flatMap(({ commands }) => commands).length).toBeGreaterThan(50);
    expect(runnable.flatMap(({ commands }) => commands).length).toBeGreaterThan(35);
  });

  it('is run here, or there is a reason why not', () => {
    const all = blocks.flatMap(({ commands }) => commands);
    for (const [pattern, why] of NOT_RUN)
      expect(
        all.some((command) => pattern.test(command)),
        why,
      ).toBe(true);
  });

  it.each(runnable.map((each) => ({ ...each, first: each.commands[0] })))(
    'runs: $page, $first',
    { timeout: 120_000 },
    async ({ commands }) => {
      const folder = await newFolder();
      await cp(prepared, folder, { recursive: true });
      // the first thing that a first policy wants is that there is none
      if (commands.some((command) => command.includes('policy init'))) await rm(join(folder, 'policy.yaml'));
      for (const command of commands) {
        const { status, stderr } = run(filledIn(command), folder);
        expect({
          command,
          stderr,
          ok: status === 0 || (status === 3 && command.includes('--fail-on')),
        }).toMatchObject({
          stderr: expect.not.stringMatching(/^launchtrail: /m),
          ok: true,
        });
      }
    },
  );
});

describe('the README', () => {
  it('sends nobody to a registry for a name that nobody holds there', () => {
    for (const page of PAGES) {
      const text = readFileSync(join(ROOT, page), 'utf8').replaceAll(/\s+/g, ' ');
      for (const [, around = ''] of text.matchAll(/(.{20}npx (?:--yes |-y )?launchtrail\b)/g))
        expect(around).toContain('do not run');
    }
  });
});
