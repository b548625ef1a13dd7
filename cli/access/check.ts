import { IAMClient } from '@aws-sdk/client-iam';
import { iamSimulator } from '../../adapters/iam/simulate.ts';
import { type Compared, checkWithAws, isSame } from '../../app/check-with-aws.ts';
import type { Authorization } from '../../core/access/authorization.ts';
import { EXIT } from '../exit.ts';
import { reasonOf } from '../input/damage.ts';
import { wrong } from '../wrong.ts';

/** IAM's endpoint is in one Region of a partition; whichever is named leads there. */
const REGION = 'us-east-1';

/** Compares some answers with AWS's simulator; ends with 2 where it says otherwise. */
export async function tellChecked({ principals }: Authorization, wanted: string): Promise<number> {
  const count = Number(wanted);
  if (!Number.isInteger(count) || count < 1)
    return wrong(`--check-with-aws ${wanted}: it should be a number of requests, such as 50`);
  const iam = new IAMClient({
    region: process.env.AWS_REGION ?? REGION,
    retryMode: 'adaptive',
    maxAttempts: 8,
  });
  try {
    const compared = await checkWithAws(principals, count, iamSimulator(iam), Math.random);
    const known = new Map(principals.map(({ arn, scpsKnown }) => [arn, scpsKnown]));
    const other = compared.filter((each) => !isSame(each, known.get(each.principal) ?? false));
    for (const each of other) process.stdout.write(`${lineOf(each)}\n`);
    process.stdout.write(`${compared.length} requests put to AWS, ${other.length} answered otherwise\n`);
    return other.length > 0 ? EXIT.damaged : EXIT.done;
  } catch (error) {
    return wrong(`AWS could not be asked: ${reasonOf(error)}; it takes iam:SimulatePrincipalPolicy`);
  } finally {
    iam.destroy();
  }
}

const lineOf = ({ principal, action, resource, here, aws }: Compared): string =>
  [
    `${principal} ${action} ${resource}: ${here.answer} here, ${aws.allowed ? 'allowed' : 'denied'} by AWS`,
    ...here.because.map((each) => `  ${each}`),
  ].join('\n');
