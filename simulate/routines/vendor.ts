import type { AccountState } from '../account-state.ts';
import { type Estate, HOUR, MINUTE } from '../estate.ts';
import { AGENTS, roleArn } from '../identities.ts';
import { REGIONS } from '../places.ts';
import { randomOf } from '../random.ts';
import { someRead } from '../reads.ts';
import { type Routine, sayer } from '../routine.ts';
import { VENDOR, vendorSession } from '../sessions.ts';
import type { Caller } from '../trail-record.ts';

/** A vendor's service takes its role every few hours and looks around; it never changes anything. */
export function vendor(estate: Estate, { account }: AccountState): Routine {
  const random = randomOf(estate.seed, 'vendor', account.id);
  const role = estate.role(account.id, VENDOR.role);
  const outside: Caller = {
    account: account.id,
    identity: {
      type: 'AWSAccount',
      principalId: `AROA${random.letters(17)}:sync`,
      accountId: VENDOR.account,
    },
    source: VENDOR.address,
    agent: AGENTS.boto3,
  };
  return (day, emit) => {
    const say = sayer(random, emit);
    for (let hour = random.int(0, 5); hour < 24; hour += 6) {
      const at = day.start + hour * HOUR + random.int(0, 10) * MINUTE;
      const session = vendorSession(estate, random, account.id, at);
      say(outside, at - 1000, () => ({
        service: 'sts',
        name: 'AssumeRole',
        region: REGIONS.global,
        request: { roleArn: roleArn(role), roleSessionName: 'sync', externalId: random.hex(16) },
        response: {
          assumedRoleUser: { arn: session.identity.arn, assumedRoleId: session.identity.principalId },
        },
        readOnly: true,
      }));
      for (let step = 1; step <= 3; step++) {
        say(session, at + step * 2000, () => someRead(random, REGIONS.home));
      }
    }
  };
}
