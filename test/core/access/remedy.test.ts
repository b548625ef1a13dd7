import { describe, expect, it } from 'vitest';
import { auditOf } from '../../../core/access/audit.ts';
import { readAuthorization } from '../../../core/access/authorization.ts';
import { NO_ORGANISATION } from '../../../core/access/organisation.ts';
import { remedyOf } from '../../../core/access/remedy.ts';
import { allow, role, type Statement } from './subjects.ts';

const RECORDED = (call: string): boolean => /^ec2:|^iam:/.test(call);

function remedied(entry: object, used: readonly string[] = []) {
  const { principals } = readAuthorization([{ RoleDetailList: [entry] }], NO_ORGANISATION);
  const [judged] = auditOf({ principals });
  if (judged === undefined) throw new Error('nobody');
  const remedy = remedyOf(judged, { calls: new Set(used), isRecorded: RECORDED });
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

  it('has nothing for who is not able', () => {
    expect(remedied(role('app', [does('s3:*')])).ways).toEqual([]);
  });
});
