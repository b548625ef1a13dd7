import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { fromCloudTrail } from '../../../core/records/cloudtrail/cloudtrail.ts';
import { recordsOf } from '../../../core/records/cloudtrail/unwrap.ts';
import { DELIVERED } from '../../../core/records/cloudtrail/wrappings/delivered.ts';

const HOME = '111122223333';
const OTHER = '444455556666';
const FORGED = '$ is of another account than EventBridge says it is from';

const launch = (members: object) => ({
  eventName: 'RunInstances',
  eventSource: 'ec2.amazonaws.com',
  eventTime: '2026-06-15T12:00:00Z',
  eventID: '0f4b9c1e-0000-4000-8000-000000000001',
  ...members,
});

const userOf = (accountId: string) => ({
  type: 'IAMUser',
  principalId: 'AIDAEXAMPLE',
  accountId,
  arn: `arn:aws:iam::${accountId}:user/alice`,
});

/** What comes of an event of EventBridge that says it is from an account. */
function delivered(detail: object, account: unknown = HOME, source = 'aws.ec2') {
  const damage: string[] = [];
  const event = { source, 'detail-type': 'AWS API Call via CloudTrail', account, detail };
  const records = recordsOf(JSON.stringify(event), DELIVERED, {
    onDamage: ({ path, message }) => damage.push(`${path} ${message}`),
  });
  return { records, damage };
}

const anyAccount = fc.stringMatching(/^[0-9]{12}$/);

describe('a record that EventBridge delivers', () => {
  it('is taken where it is of the account that the envelope says, whoever acted in it', () => {
    fc.assert(
      fc.property(anyAccount, anyAccount, (home, caller) => {
        const record = launch({ recipientAccountId: home, userIdentity: userOf(caller) });
        expect(delivered(record, home)).toEqual({ records: [record], damage: [] });
      }),
    );
  });

  it('is refused where it is of another, whoever acted in it', () => {
    fc.assert(
      fc.property(anyAccount, anyAccount, anyAccount, (home, forged, caller) => {
        fc.pre(home !== forged);
        const record = launch({ recipientAccountId: forged, userIdentity: userOf(caller) });
        expect(delivered(record, home)).toEqual({ records: [], damage: [FORGED] });
      }),
    );
  });

  it.each(['launchtrail.azure', 'launchtrail.google'])(
    'is refused where %s has pushed it and it names an account of AWS, its own one too',
    (source) => {
      for (const [account, said] of [
        [HOME, HOME],
        [OTHER, HOME],
        [HOME, 7],
      ] as const)
        expect(delivered(launch({ recipientAccountId: account }), said, source)).toEqual({
          records: [],
          damage: ['$ is of another cloud and names an account of AWS'],
        });
      const own = { operationName: 'Microsoft.Compute/virtualMachines/write' };
      expect(delivered(own, HOME, source)).toEqual({ records: [own], damage: [] });
    },
  );

  it('is taken though others share in it: a key or a snapshot of another account, its use by another account', () => {
    const neighbours = [
      {
        recipientAccountId: HOME,
        userIdentity: { type: 'AWSAccount', accountId: OTHER, principalId: 'AROA' },
      },
      { recipientAccountId: HOME, userIdentity: { accountId: OTHER, invokedBy: 'ec2.amazonaws.com' } },
      { recipientAccountId: HOME, resources: [{ accountId: OTHER, type: 'AWS::KMS::Key' }] },
      { recipientAccountId: HOME, requestParameters: { ownerIds: [OTHER], sharedUserId: OTHER } },
      { recipientAccountId: HOME, sharedEventID: 'd4a1', vpcEndpointAccountId: OTHER },
    ];
    for (const members of neighbours) expect(delivered(launch(members)).damage).toEqual([]);
  });

  it('is refused by its caller where it does not say whose log it is from, as it would be filed', () => {
    for (const userIdentity of [
      userOf(OTHER),
      JSON.stringify(userOf(OTHER)),
      { type: 'AssumedRole', sessionContext: { sessionIssuer: { accountId: OTHER } } },
      { type: 'Root', arn: `arn:aws:iam::${OTHER}:root` },
    ]) {
      expect(delivered(launch({ userIdentity })).damage).toEqual([FORGED]);
    }
    expect(delivered(launch({ userIdentity: userOf(HOME) })).damage).toEqual([]);
  });

  it('is never filed under another account than that of the envelope, however it is written', () => {
    const anything = fc.oneof(anyAccount, fc.constantFrom(HOME, OTHER, null, 12, '', {}, []), fc.jsonValue());
    const anyDetail = fc.record(
      {
        recipientAccountId: anything,
        RecipientAccountId: anything,
        userIdentity: fc.oneof(
          fc.record({ accountId: anything, arn: fc.constantFrom(userOf(OTHER).arn, userOf(HOME).arn) }),
          fc.constant(JSON.stringify(userOf(OTHER))),
        ),
        detail: fc.constant(launch({ recipientAccountId: OTHER })),
        Records: fc.constant([launch({ recipientAccountId: OTHER })]),
        Message: fc.constant(JSON.stringify(launch({ recipientAccountId: OTHER }))),
        eventName: fc.constant('RunInstances'),
        eventSource: fc.constant('ec2.amazonaws.com'),
        eventTime: fc.constant('2026-06-15T12:00:00Z'),
      },
      { requiredKeys: [] },
    );
    fc.assert(
      fc.property(anyDetail, (detail) => {
        for (const record of delivered(detail).records) {
          const read = fromCloudTrail(record);
          if (read.ok) expect(read.activity.account).toBe(HOME);
        }
      }),
      { numRuns: 500 },
    );
  });
});
