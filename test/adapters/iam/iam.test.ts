import { IAMClient } from '@aws-sdk/client-iam';
import { describe, expect, it } from 'vitest';
import { iamLastTried } from '../../../adapters/iam/last-tried.ts';
import { iamListing } from '../../../adapters/iam/listing.ts';
import { iamSimulator } from '../../../adapters/iam/simulate.ts';
import { awsEndpoint, type Seen } from '../http-server.ts';

/** What moto does not do: pages, reports of last access, the simulator, and refusals. */
const answered = (action: string, result: string) => ({
  status: 200,
  body: `<${action}Response xmlns="https://iam.amazonaws.com/doc/2010-05-08/"><${action}Result>${result}</${action}Result><ResponseMetadata><RequestId>r</RequestId></ResponseMetadata></${action}Response>`,
});
const refused = (code: string, status = 400) => ({
  status,
  body: `<ErrorResponse xmlns="https://iam.amazonaws.com/doc/2010-05-08/"><Error><Type>Sender</Type><Code>${code}</Code><Message>${code}</Message></Error><RequestId>r</RequestId></ErrorResponse>`,
});
const noWait = { interval: 0, wait: async () => {} };
const ROLE = 'arn:aws:iam::111122223333:role/app';

const roleNamed = (name: string): string =>
  `<RoleDetailList><member><Arn>arn:aws:iam::111122223333:role/${name}</Arn><RoleId>AROA${name}</RoleId><AssumeRolePolicyDocument>%7B%7D</AssumeRolePolicyDocument></member></RoleDetailList>`;

describe('the listing of an account over the wire', () => {
  it('follows the marker, and says where the next page begins', async () => {
    await using aws = await awsEndpoint(({ form }: Seen) =>
      answered(
        'GetAccountAuthorizationDetails',
        form.Marker === undefined
          ? `<IsTruncated>true</IsTruncated><Marker>m1</Marker>${roleNamed('a')}`
          : `<IsTruncated>false</IsTruncated>${roleNamed('b')}`,
      ),
    );
    const listing = iamListing(new IAMClient(aws.config));
    const first = await listing();
    const second = await listing(first.next);
    expect([first.next, second.next]).toEqual(['m1', undefined]);
    expect(JSON.stringify([first.page, second.page])).toMatch(/role\/a".*role\/b"/);
    expect(aws.seen.map(({ form }) => [form.MaxItems, form.Marker])).toEqual([
      ['1000', undefined],
      ['1000', 'm1'],
    ]);
  });

  it('throws what AWS refuses, and tries again where it is throttled', async () => {
    await using shut = await awsEndpoint(() => refused('AccessDenied', 403));
    await expect(iamListing(new IAMClient(shut.config))()).rejects.toThrow('AccessDenied');
    let tries = 0;
    await using busy = await awsEndpoint(() => {
      tries += 1;
      return tries === 1 ? refused('Throttling') : answered('GetAccountAuthorizationDetails', roleNamed('a'));
    });
    const iam = new IAMClient({ ...busy.config, maxAttempts: 3 });
    expect(JSON.stringify(await iamListing(iam)())).toContain('role/a');
  });
});

describe('when somebody last tried to launch', () => {
  const service = (namespace: string, ...actions: [name: string, at?: string][]) =>
    `<member><ServiceName>x</ServiceName><ServiceNamespace>${namespace}</ServiceNamespace><TrackedActionsLastAccessed>${actions
      .map(
        ([name, at]) =>
          `<member><ActionName>${name}</ActionName>${at ? `<LastAccessedTime>${at}</LastAccessedTime>` : ''}</member>`,
      )
      .join('')}</TrackedActionsLastAccessed></member>`;
  const report = (services: string, marker?: string) =>
    answered(
      'GetServiceLastAccessedDetails',
      `<JobStatus>COMPLETED</JobStatus><JobCreationDate>2026-06-01T00:00:00Z</JobCreationDate><JobCompletionDate>2026-06-01T00:00:01Z</JobCompletionDate><ServicesLastAccessed>${services}</ServicesLastAccessed><IsTruncated>${marker !== undefined}</IsTruncated>${marker ? `<Marker>${marker}</Marker>` : ''}`,
    );
  const state = (JobStatus: string) =>
    answered(
      'GetServiceLastAccessedDetails',
      `<JobStatus>${JobStatus}</JobStatus><JobCreationDate>2026-06-01T00:00:00Z</JobCreationDate><JobCompletionDate>2026-06-01T00:00:00Z</JobCompletionDate><ServicesLastAccessed/><Error><Message>no such thing</Message><Code>X</Code></Error>`,
    );
  const job = answered(
    'GenerateServiceLastAccessedDetails',
    '<JobId>6a1f2b3c-1111-2222-3333-444455556666</JobId>',
  );
  const asking = (answer: (seen: Seen, looks: number) => { status: number; body: string }) => {
    let looks = 0;
    return awsEndpoint((seen) =>
      seen.form.Action === 'GenerateServiceLastAccessedDetails' ? job : answer(seen, ++looks),
    );
  };

  it('waits for the report, and reads EC2 on whichever page it stands', async () => {
    await using aws = await asking(({ form }, looks) => {
      if (looks === 1) return state('IN_PROGRESS');
      return form.Marker === undefined
        ? report(service('s3', ['RunInstances', '2026-05-30T00:00:00Z']), 'p2')
        : report(
            service(
              'ec2',
              ['DescribeInstances', '2026-05-31T00:00:00Z'],
              ['RunInstances', '2026-05-20T00:00:00Z'],
              ['CreateFleet'],
            ),
          );
    });
    const tried = await iamLastTried(new IAMClient(aws.config), noWait)(ROLE);
    expect(tried).toBe(Date.parse('2026-05-20T00:00:00Z'));
    expect(aws.seen[0]?.form).toMatchObject({ Arn: ROLE, Granularity: 'ACTION_LEVEL' });
  });

  it('is nothing where EC2 has no such action, and a reason where the report fails or never comes', async () => {
    await using none = await asking(() => report(service('ec2', ['RunInstances'])));
    expect(await iamLastTried(new IAMClient(none.config), noWait)(ROLE)).toBeUndefined();
    await using failed = await asking(() => state('FAILED'));
    await expect(iamLastTried(new IAMClient(failed.config), noWait)(ROLE)).rejects.toThrow(
      `IAM made no report of ${ROLE}: no such thing`,
    );
    await using slow = await asking(() => state('IN_PROGRESS'));
    await expect(iamLastTried(new IAMClient(slow.config), noWait)(ROLE)).rejects.toThrow('after 30 looks');
  });
});

describe("AWS's simulator", () => {
  const simulated = (decision: string, own: string, byScps: string) =>
    answered(
      'SimulatePrincipalPolicy',
      `<EvaluationResults><member><EvalActionName>ec2:RunInstances</EvalActionName><EvalDecision>${decision}</EvalDecision><OrganizationsDecisionDetail><AllowedByOrganizations>${byScps}</AllowedByOrganizations></OrganizationsDecisionDetail>${own}</member></EvaluationResults>`,
    );
  const resource = (decision: string) =>
    `<ResourceSpecificResults><member><EvalResourceName>r</EvalResourceName><EvalResourceDecision>${decision}</EvalResourceDecision></member></ResourceSpecificResults>`;

  it('is believed for the one resource that was asked about', async () => {
    await using aws = await awsEndpoint(() => simulated('allowed', resource('implicitDeny'), 'false'));
    const simulate = iamSimulator(new IAMClient(aws.config));
    expect(await simulate(ROLE, 'ec2:RunInstances', 'r')).toEqual({ allowed: false, allowedByScps: false });
    await using plain = await awsEndpoint(() => simulated('allowed', '', 'true'));
    expect(await iamSimulator(new IAMClient(plain.config))(ROLE, 'ec2:RunInstances', 'r')).toMatchObject({
      allowed: true,
    });
  });
});
