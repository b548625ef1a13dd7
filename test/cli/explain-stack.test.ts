import { readFileSync } from 'node:fs';
import { resolve } from 'node:path';
import * as v from 'valibot';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { dynamoDecisions } from '../../adapters/dynamo/decisions.ts';
import { dynamoHistory } from '../../adapters/dynamo/history.ts';
import { dynamoSettings } from '../../adapters/dynamo/settings.ts';
import { dynamoVerdicts } from '../../adapters/dynamo/verdicts.ts';
import { detect } from '../../app/detect.ts';
import { verdictsIn } from '../../app/findings-in.ts';
import { placeOf } from '../../app/place.ts';
import { pushPolicy } from '../../app/push-policy.ts';
import { decide } from '../../app/triage.ts';
import { sha256 } from '../../cli/load-policy.ts';
import { canonicalPolicy } from '../../core/policy/canonical.ts';
import { defaultPolicy, PolicySchema } from '../../core/policy/policy.ts';
import { awsEndpoint, remembering } from '../adapters/http-server.ts';
import { type DynamoServer, startDynalite } from '../dynalite.ts';
import { launch, launchtrail, publicShare } from './desk.ts';

const records = [publicShare('share-a', '2026-03-02T10:00:00Z'), launch('launch-a', '2026-03-02T11:00:00Z')];
const STACK = 'Launchtrail';

/** One page of what a stack is made of; CloudFormation gives a hundred at a time. */
const listed = (tables: readonly (readonly [logical: string, physical: string])[], next?: string): string =>
  `<ListStackResourcesResponse xmlns="http://cloudformation.amazonaws.com/doc/2010-05-15/"><ListStackResourcesResult><StackResourceSummaries>${tables
    .map(
      ([logical, physical]) =>
        `<member><LogicalResourceId>${logical}</LogicalResourceId><PhysicalResourceId>${physical}</PhysicalResourceId><ResourceType>AWS::DynamoDB::Table</ResourceType><LastUpdatedTimestamp>2026-03-01T00:00:00Z</LastUpdatedTimestamp><ResourceStatus>CREATE_COMPLETE</ResourceStatus></member>`,
    )
    .join(
      '',
    )}</StackResourceSummaries>${next === undefined ? '' : `<NextToken>${next}</NextToken>`}</ListStackResourcesResult></ListStackResourcesResponse>`;

const refused = (code: string, message: string): string =>
  `<ErrorResponse xmlns="http://cloudformation.amazonaws.com/doc/2010-05-15/"><Error><Type>Sender</Type><Code>${code}</Code><Message>${message}</Message></Error></ErrorResponse>`;

describe('a deployment', () => {
  let dynamo: DynamoServer;
  let findings: string;
  let settings: string;
  let front: Awaited<ReturnType<typeof remembering>>;
  let formation: Awaited<ReturnType<typeof awsEndpoint>>;
  let answer = { status: 200, body: '' };
  let whole = { status: 200, body: '' };
  const asked = new Set<string>();
  const before = { ...process.env };

  beforeAll(async () => {
    dynamo = await startDynalite();
    const history = await dynamo.makeTable();
    [findings, settings] = [await dynamo.makeTable(), await dynamo.makeTable()];
    const deps = {
      history: dynamoHistory(dynamo.client, history),
      verdicts: dynamoVerdicts(dynamo.client, findings),
      policy: defaultPolicy,
    };
    await detect(deps, records);
    whole = {
      status: 200,
      body: listed([
        ['StoresHistory1F5D3B2A', history],
        ['StoresFindings0A1B2C3D', findings],
        ['StoresSettings9F8E7D6C', settings],
      ]),
    };
    front = await remembering(dynamo.endpoint, asked);
    // the tables stand behind a first page of a hundred others
    const others = Array.from({ length: 100 }, (_, index) => [`Alarm${index}`, `alarm-${index}`] as const);
    formation = await awsEndpoint(({ form }) =>
      answer === whole && form.NextToken === undefined
        ? { status: 200, body: listed(others, 'next') }
        : answer,
    );
    Object.assign(process.env, {
      AWS_ENDPOINT_URL_DYNAMODB: front.endpoint,
      AWS_ENDPOINT_URL_CLOUDFORMATION: formation.config.endpoint,
      AWS_REGION: 'eu-west-1',
      AWS_ACCESS_KEY_ID: 'test',
      AWS_SECRET_ACCESS_KEY: 'test',
    });
  });
  beforeEach(() => {
    answer = whole;
  });
  afterAll(async () => {
    for (const name of Object.keys(process.env)) if (!(name in before)) delete process.env[name];
    front.server.closeAllConnections();
    front.server.close();
    await formation[Symbol.asyncDispose]();
    await dynamo.stop();
  });

  it('is explained as the same records on a desk are', async () => {
    for (const what of ['lt-111122223333-share-a', 'share-a', 'snap-0share-a', 'alice']) {
      const told = await launchtrail(['explain', what, '--stack', STACK, '--policy', 'none']);
      const desk = await launchtrail(
        ['explain', what, '-', '--country-database', 'none', '--policy', 'none'],
        {
          stdin: JSON.stringify(records),
        },
      );
      expect(told).toEqual({ code: 0, stdout: desk.stdout, stderr: '' });
      expect(told.stdout).toContain('user/alice');
    }
  });

  it('has its findings listed', async () => {
    const listed = await launchtrail(['findings', 'list', '--stack', STACK, '--format', 'csv']);
    expect(listed).toMatchObject({
      code: 0,
      stdout: expect.stringContaining('"lt-111122223333-share-a","critical"'),
    });
  });

  it('is judged by the policy that was pushed, unless a file is named', async () => {
    const policy = v.parse(PolicySchema, { severity: { critical: 99 } });
    const json = canonicalPolicy(policy);
    const store = dynamoSettings(dynamo.client, settings);
    const version = { base: 0, text: '', json, sha256: sha256(json), by: 'ann', at: 1, why: 'a test' };
    expect(await pushPolicy(store, version)).toMatchObject({ ok: true });
    const list = ['findings', 'list', '--stack', STACK, '--format', 'csv'];
    expect((await launchtrail(list)).stdout).toContain('"lt-111122223333-share-a","high"');
    expect((await launchtrail([...list, '--policy', 'none'])).stdout).toContain('share-a","critical"');
  });

  it('is read with no more rights than are written down', async () => {
    await launchtrail(['explain', 'nobody-at-all', '--stack', STACK]);
    const stores = {
      verdicts: dynamoVerdicts(dynamo.client, findings),
      decisions: dynamoDecisions(dynamo.client, findings),
    };
    for (const { activity } of await verdictsIn(stores.verdicts))
      await decide(
        { ...stores, judgeAgain: async () => {} },
        {
          ...{ id: activity.id, at: activity.at, as: 'acknowledged', finding: 'lt-1', severity: 'high' },
          ...{ records: [placeOf(activity)], by: { name: 'ann' } },
        },
      );
    await launchtrail(['findings', 'list', '--stack', STACK]);
    const page = readFileSync(resolve(import.meta.dirname, '../../docs/commands.md'), 'utf8');
    const written = new Set(page.match(/dynamodb:\w+/g));
    expect([...asked].sort()).toEqual([...written].sort());
    expect(new Set(formation.seen.map(({ form }) => form.Action))).toEqual(new Set(['ListStackResources']));
    expect(page).toContain('cloudformation:ListStackResources');
  });

  it.each<[string, () => typeof answer, string]>([
    [
      'there is no such stack',
      () => ({ status: 400, body: refused('ValidationError', 'Stack with id Launchtrail does not exist') }),
      'stack Launchtrail: Stack with id Launchtrail does not exist',
    ],
    [
      'rights are missing',
      () => ({ status: 403, body: refused('AccessDenied', 'User x is not authorized to perform this') }),
      'docs/commands.md name the rights',
    ],
    [
      'it is of another kind',
      () => ({ status: 200, body: listed([['Songs', 'songs']]) }),
      'it is no stack of Launchtrail',
    ],
  ])('ends with 1 and words where %s', async (_, given, message) => {
    answer = given();
    const ran = await launchtrail(['explain', 'share-a', '--stack', STACK]);
    expect(ran).toMatchObject({ code: 1, stdout: '' });
    expect(ran.stderr).toContain(message);
    expect(ran.stderr.trim().split('\n')).toHaveLength(1);
  });
});
