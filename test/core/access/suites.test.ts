import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { auditOf, type Way } from '../../../core/access/audit.ts';
import type { Principal } from '../../../core/access/authorization.ts';
import { evaluator } from '../../../core/access/evaluate.ts';
import {
  hint,
  type SpyCase,
  spyCases,
  spyPrincipals,
  suite,
  terraformFiles,
  terraformPrincipals,
} from './suites.ts';

const SPY = suite('IAMSpy');
const VULNERABLE = suite('iam-vulnerable');

/** Why a case of IAMSpy is not comparable (docs/access.md says the same). */
const isAboutResourcePolicies = ({ resource, resourcePolicies, listings }: SpyCase): boolean =>
  resourcePolicies.length > 0 ||
  (listings.includes('basic-allow.json') && resource.includes(':111111111111:'));

/** As IAMSpy asks: may it, in some request where nothing is strict, else in the one that is given. */
function may({ subject }: Principal, { action, resource, conditions, strict }: SpyCase): boolean {
  const given = Object.fromEntries(
    conditions.map((each) => {
      const [name = '', value = ''] = each.split('=');
      return [name.toLowerCase(), [value]];
    }),
  );
  const asked = {
    ...subject,
    known: { ...subject.known, ...given },
    ...(strict && { closed: true as const }),
  };
  const { answer } = evaluator().judge(asked, { action, resource });
  return answer === 'allow' || (answer === 'conditional' && !strict);
}

describe.skipIf(SPY === undefined)(`the cases of IAMSpy${hint('IAMSpy')}`, () => {
  const cases = SPY === undefined ? [] : spyCases(SPY);

  it('are all read, and those that resource policies decide are no case of ours', () => {
    expect(cases).toHaveLength(32);
    expect(cases.filter((each) => !isAboutResourcePolicies(each))).toHaveLength(24);
  });

  it.each(
    cases.filter((each) => !isAboutResourcePolicies(each)).map((each, index) => [index, each] as const),
  )('case %i is answered as there', (_, each) => {
    const able = spyPrincipals(SPY ?? '', each)
      .filter((principal) => principal.kind !== 'root' && may(principal, each))
      .map(({ arn }) => arn);
    expect(each.principal === undefined ? able : able.includes(each.principal)).toEqual(each.expected);
  });
});

describe.skipIf(VULNERABLE === undefined)(
  `the labelled policies of iam-vulnerable${hint('iam-vulnerable')}`,
  () => {
    const folder = join(VULNERABLE ?? '', 'modules/free-resources/tool-testing');
    /** What each principal of a file may, as a listing of its account would be told. */
    const waysIn = (file: string) =>
      auditOf({ principals: terraformPrincipals(join(folder, file)) }).map(({ principal, ways }) => ({
        arn: principal.arn,
        kinds: new Set(ways.map(({ capability }) => capability.kind)),
      }));
    const files = VULNERABLE === undefined ? [] : terraformFiles(folder);

    it('are nine, of a user and a role each', () => {
      expect(files).toHaveLength(9);
      for (const file of files) expect(terraformPrincipals(join(folder, file)), file).toHaveLength(2);
    });

    /** What each file's label says of its user and its role: of the false positives of tools nothing. */
    const LABELS: Readonly<Record<string, readonly Way['capability']['kind'][]>> = {
      fn1: ['launch'],
      fn2: ['grant-itself'],
      fn3: ['grant-itself'],
      fn4: ['launch', 'launch-through-a-service', 'take-over'],
    };
    it.each(files)('%s', (file) => {
      const expected = LABELS[file.slice(0, 'fn1'.length)] ?? [];
      for (const { arn, kinds } of waysIn(file)) {
        expect([...kinds], arn).toEqual(expect.arrayContaining([...expected]));
        if (expected.length === 0) expect([...kinds], arn).toEqual([]);
      }
    });
  },
);
