import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { readDocument } from '../../../core/access/documents.ts';
import { evaluator } from '../../../core/access/evaluate.ts';
import { covers, matches, meets } from '../../../core/access/globs.ts';

const symbol = fc.constantFrom('a', 'b', '*', '?');
const pattern = fc.array(symbol, { maxLength: 6 }).map((each) => each.join(''));

/** Every text of up to five letters; a third letter stands for all that no pattern names. */
const TEXTS = [''];
for (let from = 0, length = 0; length < 5; length++) {
  const end = TEXTS.length;
  for (const text of TEXTS.slice(from, end)) TEXTS.push(`${text}a`, `${text}b`, `${text}c`);
  from = end;
}

describe('patterns against every short text', () => {
  it('never says that one covers another which has a text more, nor that two are apart which share one', () => {
    fc.assert(
      fc.property(pattern, pattern, (one, other) => {
        const shared = TEXTS.filter((text) => matches(other, text));
        if (covers(one, other)) expect(shared.every((text) => matches(one, text))).toBe(true);
        if (!meets(one, other)) expect(shared.some((text) => matches(one, text))).toBe(false);
      }),
    );
  });
});

interface Made {
  readonly Effect: 'Allow' | 'Deny';
  readonly list: 'Resource' | 'NotResource';
  readonly resources: readonly string[];
  readonly condition: readonly [operator: string, value: string] | undefined;
}
const ROLES = ['a', 'b', 'ab'].map((name) => `arn:aws:iam::111122223333:role/${name}`);
const VALUES = [undefined, 'x', 'y'];
const made: fc.Arbitrary<Made> = fc.record({
  Effect: fc.constantFrom('Allow', 'Allow', 'Deny'),
  list: fc.constantFrom('Resource', 'Resource', 'NotResource'),
  resources: fc.array(
    fc.constantFrom('*', 'arn:aws:iam::*:role/*', 'arn:aws:iam::*:role/a*', ROLES[1] as string),
    { minLength: 1, maxLength: 2 },
  ),
  condition: fc.option(
    fc.tuple(
      fc.constantFrom('StringEquals', 'StringNotEquals', 'StringEqualsIfExists', 'Null'),
      fc.constantFrom('x', 'true'),
    ),
    { nil: undefined },
  ),
});

const document = (statements: readonly Made[]) => ({
  Version: '2012-10-17',
  Statement: statements.map(({ Effect, list, resources, condition }) => ({
    Effect,
    Action: 'iam:PassRole',
    [list]: resources,
    ...(condition && { Condition: { [condition[0]]: { 'aws:Asked': condition[1] } } }),
  })),
});

/** What IAM says of one request, written down as plainly as can be. */
function plainly(layers: readonly (readonly Made[])[], role: string, value: string | undefined): boolean {
  const applies = ({ list, resources, condition }: Made): boolean => {
    if (resources.some((each) => matches(each, role)) !== (list === 'Resource')) return false;
    if (condition === undefined) return true;
    const [operator, wanted] = condition;
    if (operator === 'Null') return (value === undefined) === (wanted === 'true');
    if (operator === 'StringNotEquals') return value !== wanted;
    return value === wanted || (value === undefined && operator === 'StringEqualsIfExists');
  };
  return layers.every((layer) => {
    const those = layer.filter(applies);
    return those.some(({ Effect }) => Effect === 'Allow') && !those.some(({ Effect }) => Effect === 'Deny');
  });
}

describe('verdicts against every request of a small world', () => {
  it('says allow only where all pass and deny only where none does', () => {
    fc.assert(
      fc.property(fc.array(fc.array(made, { maxLength: 3 }), { minLength: 1, maxLength: 3 }), (layers) => {
        const { answer } = evaluator()(
          {
            partition: 'aws',
            account: '111122223333',
            known: {},
            layers: layers.map((layer, index) => ({
              name: `layer ${index}`,
              documents: [readDocument(document(layer), `layer ${index}`)],
            })),
          },
          { action: 'iam:PassRole' },
        );
        const passed = ROLES.flatMap((role) => VALUES.map((value) => plainly(layers, role, value)));
        if (answer === 'allow') expect(passed).not.toContain(false);
        if (answer === 'deny') expect(passed).not.toContain(true);
        expect(answer).not.toBe('unknown');
      }),
      { numRuns: 2000 },
    );
  });
});
