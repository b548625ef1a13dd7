import { Duration } from 'aws-cdk-lib';
import { Construct } from 'constructs';
import { type LookingProps, lookingFunction } from './looking-function.ts';

/** An account is audited once a week; every day it is seen which are due and which are to be gone on with. */
const EVERY = Duration.days(1);

/** What it may see of an account, and change nothing. The role of the member stacks has the same rights. */
export const ACCESS_READS = [
  'cloudtrail:LookupEvents',
  'iam:GenerateServiceLastAccessedDetails',
  'iam:GetAccountAuthorizationDetails',
  'iam:GetServiceLastAccessedDetails',
];

/** Name of the role in each member account that it reads with. */
export const ACCESS_READER_ROLE = 'launchtrail-access-reader';

/** Name of the role that takes it on, where there are members: they let in no other of the central account. */
export const AUDIT_ACCESS_ROLE = 'launchtrail-audit-access';

/** Says who can launch. */
export class AuditAccessFunction extends Construct {
  constructor(scope: Construct, id: string, props: LookingProps) {
    super(scope, id);
    lookingFunction(
      this,
      {
        name: 'audit-access',
        does: 'says who can launch',
        every: EVERY,
        reads: ACCESS_READS,
        because: 'It looks at every principal of the account; all of these calls only read.',
        role: AUDIT_ACCESS_ROLE,
        reader: ACCESS_READER_ROLE,
        ledger: 'W',
        begins: 'begin an audit',
      },
      props,
    );
  }
}
