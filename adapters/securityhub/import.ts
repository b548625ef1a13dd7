import type { SendOn } from '../../app/forward.ts';
import { type AsffFinding, type AsffHome, toAsff } from '../../tell/asff.ts';
import { type AwsCaller, AwsRefusal, signedCall } from '../aws/signed-call.ts';

/** Security Hub takes 100 findings and 6 MB at a time; a finding of ours has some 5 kB. */
const MAX_AT_ONCE = 100;
/** What one try may take, ms; all six of them fit into the minute that the function has. */
const PATIENCE_MS = 5_000;

/** What Security Hub says where it is not switched on, as a whole or for the one finding. */
const OFF = new Set(['InvalidAccessException', 'InvalidAccess']);

interface Answer {
  readonly FailedFindings?: readonly {
    readonly Id?: string;
    readonly ErrorCode?: string;
    readonly ErrorMessage?: string;
  }[];
}

const whereOff = ({ region, account }: AsffHome): string =>
  `Security Hub is off in ${region} of account ${account}: switch it on (aws securityhub enable-security-hub --region ${region}), or deploy without -c securityHub=true`;

/** Imports findings into the Security Hub of this account and Region; needs securityhub:BatchImportFindings. */
export function securityHub(caller: AwsCaller, home: AsffHome): SendOn {
  const one = async (findings: readonly AsffFinding[]): Promise<Answer> => {
    try {
      const { text } = await signedCall(caller, {
        service: 'securityhub',
        path: '/findings/import',
        contentType: 'application/json',
        body: JSON.stringify({ Findings: findings }),
        timeoutMs: PATIENCE_MS,
      });
      return JSON.parse(text) as Answer;
    } catch (error) {
      if (error instanceof AwsRefusal && OFF.has(error.name)) throw new Error(whereOff(home));
      throw error;
    }
  };
  return async (notices) => {
    const failed = new Map<string, string>();
    for (let index = 0; index < notices.length; index += MAX_AT_ONCE) {
      const some = notices.slice(index, index + MAX_AT_ONCE);
      const findings = some.map(({ finding, at }) => toAsff(finding, home, at));
      const { FailedFindings = [] } = await one(findings);
      for (const { Id, ErrorCode = 'unknown', ErrorMessage = '' } of FailedFindings) {
        const why = OFF.has(ErrorCode) ? whereOff(home) : `${ErrorCode}: ${ErrorMessage.slice(0, 500)}`;
        const position = findings.findIndex((finding) => finding.Id === Id);
        // one that it gives no id of, or another, is one of these: all of them come again
        const notTaken = position < 0 ? some : some.slice(position, position + 1);
        for (const { id } of notTaken) failed.set(id, why);
      }
    }
    return failed;
  };
}
