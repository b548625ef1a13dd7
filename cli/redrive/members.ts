import type { AwsCaller } from '../../adapters/aws/signed-call.ts';
import { memberCredentials } from '../../adapters/sts/member-credentials.ts';
import { partitionOf } from '../../tell/aws-ids.ts';

/** As the member stack names them (`lib/member-stack.ts`), in each Region and once for each account. */
export const MEMBER_QUEUE = 'launchtrail-undelivered';
export const MEMBER_ROLE = 'launchtrail-redrive';

/** The queue of a Region of a member, and who may take messages out of it. */
interface MemberQueue {
  readonly caller: AwsCaller;
  readonly url: string;
}

const MEMBER = /^(\d{12})\/([a-z]{2}(?:-[a-z]+)+-\d)$/;

/** Whether a text names a Region of an account: `444455556666/eu-west-1`. */
export const isMember = (text: string): boolean => MEMBER.test(text);

/** Takes on the role that the member stack has made for this, with the reader's own credentials of the central account. */
export async function memberQueue(own: AwsCaller, member: string): Promise<MemberQueue> {
  const [, account = '', region = ''] = MEMBER.exec(member) ?? [];
  const { STSClient } = await import('@aws-sdk/client-sts');
  const sts = new STSClient({ region: own.region, credentials: own.credentials });
  const partition = partitionOf(region);
  const role = `arn:${partition}:iam::${account}:role/${MEMBER_ROLE}`;
  return {
    caller: { region, credentials: memberCredentials(sts, role, MEMBER_ROLE) },
    url: `https://sqs.${region}.amazonaws.com${partition === 'aws-cn' ? '.cn' : ''}/${account}/${MEMBER_QUEUE}`,
  };
}
