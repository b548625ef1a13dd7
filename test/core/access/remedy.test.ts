import { describe, expect, it } from 'vitest';
import { auditOf } from '../../../core/access/audit.ts';
import { readAuthorization } from '../../../core/access/authorization.ts';
import { NO_ORGANISATION } from '../../../core/access/organisation.ts';
import { remedies } from '../../../core/access/remedy.ts';
import { ACCOUNT, allow, deny, policy, role, type Statement, user } from './subjects.ts';

const RECORDED = (call: string): boolean => /^ec2:|^iam:/.test(call);

function remedied(entry: object, used: readonly string[] = []) {
  const { principals } = readAuthorization([{ RoleDetailList: [entry] }], NO_ORGANISATION);
  const [judged] = auditOf({ principals });
  if (judged === undefined) throw new Error('nobody');
  const remedy = remedies()(judged, { calls: new Set(used), isRecorded: RECORDED });
  const [denied] = (remedy?.document as { Statement: Statement[] } | undefined)?.Statement ?? [];
  return { ways: remedy?.ways.map(({ capability }) => capability.id) ?? [], denied: denied?.Action };
}

const does = (...Action: string[]): Statement => allow({ Action });

describe('what takes unused ways away', () => {
  it('denies one call of each way, and none that was made', () => {
    expect(
      remedied(role('app', [does('ec2:RunInstances', 'ec2:CreateSnapshot', 'ec2:CopySnapshot')]), [
        'ec2:RunInstances',
      ]),
    ).toEqual({ ways: ['snapshot', 'copy-snapshot'], denied: ['ec2:CopySnapshot', 'ec2:CreateSnapshot'] });
  });

  it('leaves a way of which a call was made for another end', () => {
    expect(
      remedied(role('app', [does('ec2:CreateVolume', 'ec2:AttachVolume')]), ['ec2:AttachVolume']).ways,
    ).toEqual([]);
    expect(remedied(role('app', [does('ec2:CreateVolume', 'ec2:AttachVolume')])).denied).toEqual([
      'ec2:CreateVolume',
    ]);
  });

  it('denies no iam:PassRole, which other ways need', () => {
    expect(remedied(role('app', [does('ec2:RequestSpotFleet', 'iam:PassRole')])).denied).toEqual([
      'ec2:RequestSpotFleet',
    ]);
  });

  it('leaves what no record would tell of', () => {
    expect(remedied(role('app', [does('batch:SubmitJob')])).ways).toEqual([]);
  });

  it('leaves roles that their account cannot change', () => {
    for (const path of [
      'aws-reserved/sso.amazonaws.com/AWSReservedSSO_Ops_0123456789abcdef',
      'aws-service-role/x/X',
    ])
      expect(remedied(role(path, [does('ec2:RunInstances')])).ways).toEqual([]);
  });

  /** The remedy for one who may do everything, with what else it has. */
  const whole = (kind: 'User' | 'Role', more: Statement = {}) => {
    const entry = kind === 'User' ? user('bob', [allow()], more) : role('bob', [allow()], more);
    const { principals } = readAuthorization([{ [`${kind}DetailList`]: [entry] }], NO_ORGANISATION);
    const [judged] = auditOf({ principals });
    return judged && remedies()(judged, { calls: new Set(), isRecorded: () => true });
  };
  const padding = (characters: number) => ({
    PolicyName: 'other',
    PolicyDocument: policy(allow({ Action: `s3:${'x'.repeat(characters)}` })),
  });

  it('is inline where there is room, else a managed policy, which has room for all ways at once', () => {
    expect(whole('User')).toMatchObject({ kind: 'managed', name: 'launchtrail-unused-user-bob' });
    expect(whole('Role')).toMatchObject({ kind: 'inline', name: 'launchtrail-unused' });
    expect(JSON.stringify(whole('User')?.document).length).toBeLessThan(6144);
    const full = { RolePolicyList: [padding(9_000), { PolicyName: 'own', PolicyDocument: policy(allow()) }] };
    expect(whole('Role', full)).toMatchObject({ kind: 'managed', name: 'launchtrail-unused-role-bob' });
  });

  it('writes over no earlier one, which denies what is listed no more', () => {
    const earlier = {
      PolicyName: 'launchtrail-unused',
      PolicyDocument: policy(deny({ Action: 'ec2:RunInstances' })),
    };
    const own = { PolicyName: 'own', PolicyDocument: policy(allow()) };
    expect(whole('Role', { RolePolicyList: [own, earlier] })?.name).toBe('launchtrail-unused-2');
    const attached = {
      AttachedManagedPolicies: [{ PolicyArn: `arn:aws:iam::${ACCOUNT}:policy/launchtrail-unused-user-bob` }],
    };
    const Policies = [
      {
        Arn: attached.AttachedManagedPolicies[0]?.PolicyArn,
        PolicyVersionList: [
          { IsDefaultVersion: true, Document: policy(deny({ Action: 'ec2:RunInstances' })) },
        ],
      },
    ];
    const { principals } = readAuthorization(
      [{ UserDetailList: [user('bob', [allow()], attached)], Policies }],
      NO_ORGANISATION,
    );
    const [judged] = auditOf({ principals });
    const remedy = judged && remedies()(judged, { calls: new Set(), isRecorded: () => true });
    expect(remedy?.name).toBe('launchtrail-unused-user-bob-2');
  });

  it('has nothing for who is not able', () => {
    expect(remedied(role('app', [does('s3:*')])).ways).toEqual([]);
  });
});
