import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { readDocument } from '../../../core/access/documents.ts';
import { evaluator, type Verdict } from '../../../core/access/evaluate.ts';
import { covers, matches, meets } from '../../../core/access/globs.ts';
import { type PlainStatement, passes } from './plain-evaluator.ts';

const RUNS = Number(process.env.LAUNCHTRAIL_RUNS ?? 1500);
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

/** A small world: a call, what it can be about, and what each key can hold. */
interface World {
  readonly action: string;
  readonly actions: readonly string[];
  /** By type, its ARNs. */
  readonly types: readonly (readonly string[])[];
  readonly patterns: readonly string[];
  /** Keys of the call, and those that each resource has for itself. */
  readonly keys: readonly Key[];
}

interface Key {
  readonly name: string;
  readonly own?: true;
  readonly values: readonly (readonly string[] | undefined)[];
  readonly conditions: readonly (readonly [operator: string, wanted: readonly string[]])[];
}

const one = (...texts: string[]): (readonly string[])[] => texts.map((each) => [each]);
const TEXT: Key = {
  name: 'aws:Asked',
  values: [undefined, ...one('x', 'xy', 'X', 'z')],
  conditions: [
    ['StringEquals', ['x']],
    ['StringEquals', ['x', 'xy']],
    ['StringNotEquals', ['x']],
    ['StringEqualsIfExists', ['xy']],
    ['StringNotEqualsIfExists', ['x', 'z']],
    ['StringEqualsIgnoreCase', ['x']],
    ['StringLike', ['x*']],
    ['StringLike', ['*']],
    ['StringNotLike', ['x*']],
    ['StringLikeIfExists', ['?']],
    ['Null', ['true']],
    ['Null', ['false']],
  ],
};
const REGION: Key = {
  name: 'aws:RequestedRegion',
  values: [undefined, ...one('eu-west-1', 'us-east-1', 'ap-south-1', 'eu-north-1')],
  conditions: [
    ['StringEquals', ['eu-west-1']],
    ['StringEquals', ['us-east-1']],
    ['StringNotEquals', ['eu-west-1', 'us-east-1']],
    ['StringLike', ['eu-*']],
  ],
};
const AGE: Key = {
  name: 'aws:MultiFactorAuthAge',
  values: [undefined, ...one('0', '50', '100', '200', '300', '400')],
  conditions: [
    ['NumericLessThan', ['100']],
    ['NumericGreaterThanEquals', ['100']],
    ['NumericEquals', ['300']],
    ['NumericNotEquals', ['300']],
    ['Null', ['true']],
  ],
};
const MFA: Key = {
  name: 'aws:MultiFactorAuthPresent',
  values: [undefined, ...one('true', 'false')],
  conditions: [
    ['Bool', ['true']],
    ['Bool', ['false']],
    ['BoolIfExists', ['true']],
    ['BoolIfExists', ['false']],
    ['Null', ['true']],
  ],
};
const ADDRESS: Key = {
  name: 'aws:SourceIp',
  values: [undefined, ...one('192.0.2.1', '192.0.3.1', '198.51.100.1')],
  conditions: [
    ['IpAddress', ['192.0.2.0/24']],
    ['IpAddress', ['192.0.0.0/16']],
    ['NotIpAddress', ['192.0.2.0/24']],
    ['NotIpAddress', ['192.0.0.0/16', '198.51.100.0/24']],
  ],
};
const VIA: Key = {
  name: 'aws:CalledVia',
  values: [undefined, ['a'], ['b'], ['c'], ['a', 'b'], ['a', 'c'], ['b', 'c'], ['a', 'b', 'c']],
  conditions: [
    ['ForAnyValue:StringEquals', ['a']],
    ['ForAllValues:StringEquals', ['a', 'b']],
    ['ForAnyValue:StringNotEquals', ['a']],
    ['ForAllValues:StringNotEquals', ['b']],
    ['Null', ['false']],
  ],
};
const TAG: Key = {
  name: 'aws:ResourceTag/team',
  own: true,
  values: [undefined, ...one('red', 'blue')],
  conditions: [
    ['StringEquals', ['red']],
    ['StringNotEquals', ['red']],
    ['StringEqualsIfExists', ['blue']],
    ['Null', ['true']],
  ],
};

const role = (name: string): string => `arn:aws:iam::111122223333:role/${name}`;
const ec2 = (rest: string): string => `arn:aws:ec2:*:111122223333:${rest}`;
const of = (rest: string): string => `arn:aws:ec2:eu-west-1:111122223333:${rest}`;
const WORLDS: readonly World[] = [
  ...[
    [TEXT, REGION],
    [AGE, MFA],
    [ADDRESS, TEXT],
    [VIA, MFA],
  ].map((keys) => ({
    action: 'iam:PassRole',
    actions: ['iam:PassRole', 'IAM:pass*', 'iam:*', '*', 'ec2:*'],
    types: [['a', 'b', 'ab', 'abc', 'd', 'db', 'dd', 'adb', 'aa'].map(role)],
    patterns: ['*', role('*'), role('a*'), role('ab'), role('*b'), role('?'), role('b')],
    keys,
  })),
  {
    action: 'ec2:AttachVolume',
    actions: ['ec2:AttachVolume', 'ec2:*Volume', '*', 'iam:*'],
    types: [['instance/i-1', 'instance/i-2', 'instance/j'].map(of), ['volume/v-1', 'volume/w'].map(ec2)],
    patterns: ['*', ec2('instance/*'), ec2('instance/i-*'), ec2('volume/*'), ec2('volume/v-1'), ec2('*')],
    keys: [REGION, TAG],
  },
];

function statementOf({ actions, patterns, keys }: World): fc.Arbitrary<PlainStatement> {
  const some = (texts: readonly string[]) =>
    fc.array(fc.constantFrom(...texts), { minLength: 1, maxLength: 2 });
  const condition = fc
    .constantFrom(...keys)
    .chain(({ name, conditions }) =>
      fc.constantFrom(...conditions).map(([operator, wanted]) => ({ name, operator, wanted })),
    );
  return fc
    .record({
      effect: fc.constantFrom('Allow' as const, 'Allow' as const, 'Deny' as const),
      actions: some(actions),
      notAction: fc.constantFrom(false, false, false, true),
      resources: some(patterns),
      notResource: fc.constantFrom(false, false, true),
      conditions: fc.array(condition, { maxLength: 2 }),
    })
    .map(({ effect, actions, notAction, resources, notResource, conditions }) => ({
      Effect: effect,
      [notAction ? 'NotAction' : 'Action']: actions,
      [notResource ? 'NotResource' : 'Resource']: resources,
      ...(conditions.length > 0 && {
        Condition: Object.fromEntries(
          conditions.map(({ name, operator, wanted }) => [operator, { [name]: wanted }]),
        ),
      }),
    }));
}

const all = (parts: readonly (readonly object[])[]): object[] =>
  parts.reduce<object[]>((sum, part) => sum.flatMap((one) => part.map((two) => ({ ...one, ...two }))), [{}]);

const contexts = (keys: readonly Key[]): object[] =>
  all(keys.map(({ name, values }) => values.map((each) => (each ? { [name.toLowerCase()]: each } : {}))));

/** Whether each request of the world passes, told apart by nothing but what the evaluator may say: all, none or some. */
function plainly({ action, types, keys }: World, layers: readonly (readonly PlainStatement[])[]) {
  const own = contexts(keys.filter((key) => key.own));
  let some = false;
  let every = true;
  for (const call of contexts(keys.filter((key) => !key.own))) {
    let passed = true;
    for (const arns of types) {
      const requests = arns.flatMap((resource) =>
        own.map((context) => passes(layers, { action, resource, context: { ...call, ...context } })),
      );
      if (requests.includes(false)) every = false;
      if (!requests.includes(true)) passed = false;
    }
    some ||= passed;
  }
  return some ? (every ? 'allow' : 'conditional') : 'deny';
}

function judged({ action }: World, layers: readonly (readonly PlainStatement[])[]): Verdict['answer'] {
  return evaluator().judge(
    {
      partition: 'aws',
      account: '111122223333',
      known: {},
      layers: layers.map((Statement, index) => ({
        name: `layer ${index}`,
        documents: [readDocument({ Version: '2012-10-17', Statement }, `layer ${index}`)],
      })),
    },
    { action },
  ).answer;
}

describe('verdicts against every request of a small world', () => {
  const counts = { judged: 0, conditional: 0, needless: 0 };

  it.each(WORLDS)(
    'says allow only where all pass, and deny only where none does: $action $keys.0.name',
    (world) => {
      const layers = fc.array(fc.array(statementOf(world), { minLength: 1, maxLength: 4 }), {
        minLength: 1,
        maxLength: 3,
      });
      fc.assert(
        fc.property(layers, (each) => {
          const answer = judged(world, each);
          const truth = plainly(world, each);
          counts.judged += 1;
          if (answer === 'conditional') {
            counts.conditional += 1;
            if (truth !== 'conditional') counts.needless += 1;
          } else expect(answer).toBe(truth);
        }),
        { numRuns: RUNS },
      );
    },
  );

  it('calls fewer than 2 in 100 conditional that are not', () => {
    expect(counts.conditional).toBeGreaterThan(RUNS / 10);
    expect(counts.needless / counts.conditional).toBeLessThan(0.02);
  });
});

describe('laws', () => {
  const [world] = WORLDS as [World];
  const layers = fc.array(fc.array(statementOf(world), { minLength: 1, maxLength: 3 }), {
    minLength: 1,
    maxLength: 2,
  });
  const RANK = { deny: 0, conditional: 1, unknown: 1, allow: 2 };
  const rank = (each: readonly (readonly PlainStatement[])[]): number => RANK[judged(world, each)];

  it('never grants by one Deny more, nor takes away by one Allow more', () => {
    fc.assert(
      fc.property(layers, statementOf(world), ([first = [], ...rest], more) => {
        const before = rank([first, ...rest]);
        const after = rank([[...first, more], ...rest]);
        if (more.Effect === 'Deny') expect(after).toBeLessThanOrEqual(before);
        else expect(after).toBeGreaterThanOrEqual(before);
      }),
      { numRuns: RUNS / 5 },
    );
  });

  it('does not know the order of statements or of levels, and no boundary that allows everything', () => {
    fc.assert(
      fc.property(layers, (each) => {
        const turned = each.map((layer) => layer.toReversed()).toReversed();
        expect(judged(world, turned)).toBe(judged(world, each));
        const bounded = [...each, [{ Effect: 'Allow', Action: ['*'], Resource: ['*'] } as const]];
        expect(judged(world, bounded)).toBe(judged(world, each));
      }),
      { numRuns: RUNS / 5 },
    );
  });
});
