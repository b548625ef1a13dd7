import { expect, it } from 'vitest';
import { auditOf } from '../../core/access/audit.ts';
import { readAuthorization } from '../../core/access/authorization.ts';
import { NO_ORGANISATION } from '../../core/access/organisation.ts';
import { remedies } from '../../core/access/remedy.ts';
import { remedyText } from '../../tell/access/remedy.ts';
import { ACCOUNT, allow, type Statement, user } from '../core/access/subjects.ts';

const SINCE = Date.parse('2026-01-02T00:00:00Z');

/** What is printed for a user who may do everything and did nothing. */
function printed(more: Statement): string {
  const { principals } = readAuthorization(
    [{ UserDetailList: [user('bob', [allow()], more)] }],
    NO_ORGANISATION,
  );
  const [judged] = auditOf({ principals });
  const remedy = judged && remedies()(judged, { calls: new Set(), isRecorded: () => true });
  if (remedy === undefined) throw new Error('no remedy');
  return remedyText(remedy, SINCE);
}

it('a remedy that its inline policies have no room for is made, attached, detached and deleted as a managed policy', () => {
  const text = printed({});
  const arn = `arn:aws:iam::${ACCOUNT}:policy/launchtrail-unused-user-bob`;
  expect(text).toContain('  its inline policies have no room for it, so it is a managed policy\n');
  expect(text).toMatch(
    /do: {3}aws iam create-policy --policy-name launchtrail-unused-user-bob --policy-document '\{.*\}' && aws iam attach-user-policy --user-name bob --policy-arn/,
  );
  expect(text).toContain(
    `undo: aws iam detach-user-policy --user-name bob --policy-arn ${arn} && aws iam delete-policy --policy-arn ${arn}\n`,
  );
});

it('a remedy says where as many policies are attached as IAM lets one have', () => {
  const AttachedManagedPolicies = Array.from({ length: 10 }, () => ({
    PolicyArn: 'arn:aws:iam::aws:policy/ReadOnlyAccess',
  }));
  expect(printed({ AttachedManagedPolicies })).toContain(
    '10 are attached already, and the quota is 10 unless it was raised',
  );
});
