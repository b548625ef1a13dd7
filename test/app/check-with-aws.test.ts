import { describe, expect, it } from 'vitest';
import { checkWithAws, isSame, type Simulated } from '../../app/check-with-aws.ts';
import { readAuthorization } from '../../core/access/authorization.ts';
import { NO_ORGANISATION } from '../../core/access/organisation.ts';
import { allow, role } from '../core/access/subjects.ts';

const { principals } = readAuthorization(
  [
    {
      RoleDetailList: [
        role('admin', [allow()]),
        role('none', []),
        role('aws-service-role/x.amazonaws.com/X', [allow()]),
      ],
    },
  ],
  NO_ORGANISATION,
);

/** Draws one after another, round about. */
function draws(): () => number {
  let next = 0;
  return () => {
    next = (next + 0.37) % 1;
    return next;
  };
}

describe('a check with AWS', () => {
  it('puts concrete requests of users and roles to it, and finds where it says otherwise', async () => {
    const asked: string[] = [];
    const compared = await checkWithAws(
      principals,
      40,
      async (arn, action, resource): Promise<Simulated> => {
        asked.push(`${arn} ${action} ${resource}`);
        return { allowed: true };
      },
      draws(),
    );
    expect(asked).toHaveLength(40);
    expect(asked.join('\n')).not.toMatch(/\$\{|aws-service-role|:root/);
    const other = compared.filter((each) => !isSame(each, true));
    expect(new Set(other.map(({ principal }) => principal.split('/').pop()))).toEqual(new Set(['none']));
    expect(other.length).toBeGreaterThan(5);
  });

  it('leaves aside what SCPs that are not known here deny', async () => {
    const [first] = await checkWithAws(
      principals.slice(0, 1),
      1,
      async () => ({ allowed: false, allowedByScps: false }),
      draws(),
    );
    if (first === undefined) throw new Error('nothing was asked');
    expect([isSame(first, false), isSame(first, true)]).toEqual([true, false]);
  });
});
