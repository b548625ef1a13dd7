import { readFileSync } from 'node:fs';
import type { Template } from 'aws-cdk-lib/assertions';
import { describe, expect, it } from 'vitest';
import { inlineStatements, memberTemplate, ORGANISATION, statements, templateWith } from './synth.ts';

const ALL = {
  alertEmail: 'security@example.com',
  countryDatabase: 'true',
  reconcile: 'true',
  auditAccess: 'true',
  heartbeat: 'true',
  slackChannel: 'T0123ABCD/C0123ABCD',
  securityHub: 'true',
  findingsBus: 'true',
};
const PUSHED = {
  googleAudience: 'https://launchtrail.example.com',
  googleSender: 'push@example-project.iam.gserviceaccount.com',
};
const TEMPLATES: readonly [stack: string, template: Template][] = [
  ['Launchtrail', templateWith({ ...ALL, response: 'tag' })],
  ['Launchtrail', templateWith({ ...ALL, response: 'dry-run' })],
  ['Launchtrail', templateWith({ ...ALL, ...ORGANISATION, accountNames: 'true', response: 'tag' })],
  ['Launchtrail', templateWith({ ...ALL, response: 'tag', gradual: 'true' })],
  ['Launchtrail', templateWith({ ...ALL, ...ORGANISATION, ...PUSHED })],
  ['Launchtrail', templateWith({ ...ALL, ...PUSHED })],
  ['Launchtrail', templateWith({ ...ALL, response: 'tag', seedFrom: 'trail-bucket' })],
  ['LaunchtrailMember', memberTemplate()],
];

/** A name in the template without what CDK adds to it: `StoresHistory5B0E1F64` → `StoresHistory`. */
const named = (logicalId: string): string => logicalId.replace(/[0-9A-F]{8}$/, '');

/** The expressions of CloudFormation that policies hold. */
interface Expression {
  readonly Ref?: string;
  readonly 'Fn::GetAtt'?: readonly [string, string];
  readonly 'Fn::Join'?: readonly [string, readonly unknown[]];
  /** A part of an ARN. */
  readonly 'Fn::Select'?: readonly [number, { readonly 'Fn::Split': readonly [string, unknown] }];
}

/** A value of CloudFormation as a person writes it. */
function written(value: unknown): string {
  if (typeof value === 'string') return value;
  const {
    Ref: ref,
    'Fn::GetAtt': attribute,
    'Fn::Join': join,
    'Fn::Select': select,
  } = Object(value) as Expression;
  if (ref !== undefined) return ref.startsWith('AWS::') ? `{${ref.slice('AWS::'.length)}}` : named(ref);
  if (attribute) return `${named(attribute[0])}${attribute[1] === 'Arn' ? '' : `.${attribute[1]}`}`;
  if (select) return written(select[1]['Fn::Split'][1]);
  if (join) return join[1].map(written).join(join[0]);
  throw new TypeError(`${JSON.stringify(value)} is not known here`);
}

/** Keys and values of a condition, without its operators. */
const conditionOf = (condition: unknown): string =>
  Object.entries(Object(condition))
    .map(([operator, keys]) =>
      Object.entries(Object(keys))
        .map(([key, values]) => `${operator} ${key} ${[values].flat().map(written).join(', ')}`)
        .join('; '),
    )
    .join('; ');

/** Everything that the roles of all templates may do: role, action, resource and condition. */
const rights = [
  ...new Set(
    TEMPLATES.flatMap(([stack, template]) =>
      [...statements(template, 'AWS::IAM::Policy'), ...inlineStatements(template)].flatMap((statement) => {
        const { owner, effect, actions, resources, condition } = statement;
        expect(effect).toBe('Allow');
        return actions.flatMap((action) =>
          resources.map((resource) =>
            [`${stack} ${named(owner)}`, action, written(resource), conditionOf(condition)].join(' | '),
          ),
        );
      }),
    ),
  ),
].sort();

const page = readFileSync('docs/least-privilege.md', 'utf8');
const rows = page
  .split('\n')
  .filter((line) => /^\| `Launchtrail/.test(line))
  .map((line) =>
    line
      .split('|')
      .slice(1, 5)
      .map((cell) => cell.trim().replaceAll('`', ''))
      .join(' | '),
  )
  .sort();

describe('the roles of all stacks', () => {
  it('may do what docs/least-privilege.md lists, action by action, and nothing else', () => {
    expect(rights.length).toBeGreaterThan(40);
    expect(rights).toEqual(rows);
  });

  it('are each listed with who can take them on', () => {
    const trusts = TEMPLATES.flatMap(([stack, template]) =>
      Object.entries(template.findResources('AWS::IAM::Role')).map(([id, { Properties }]) => {
        expect(Properties.ManagedPolicyArns).toBeUndefined();
        const [statement, ...more] = Properties.AssumeRolePolicyDocument.Statement;
        expect(more).toEqual([]);
        const { Service: service } = statement.Principal;
        if (service !== undefined) return `${stack} ${named(id)}: ${service}`;
        // people take records out of one queue; else an account is let in for one of its roles alone
        if (named(id) === 'Redriver') return `${stack} Redriver: the central account`;
        const by = JSON.stringify(statement.Condition.ArnEquals['aws:PrincipalArn']);
        const [, role] = /:role\/(launchtrail-(?:reconcile|audit-access))"/.exec(by) ?? [];
        return `${stack} ${named(id)}: ${role} of the central account`;
      }),
    );
    for (const trust of new Set(trusts)) expect(page).toContain(`\`${trust}\``);
  });

  it('have a reason for everything that they may do anywhere or with a wildcard', () => {
    const wide = rights.filter((right) => right.includes('*'));
    const reasons = page.slice(page.indexOf('## What is wide'));
    for (const right of wide) expect(reasons).toContain(`\`${right.split(' | ')[1]}\``);
  });
});
