import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { App, type Stack } from 'aws-cdk-lib';
import { Template } from 'aws-cdk-lib/assertions';
import { afterAll } from 'vitest';
import { WATCHED } from '../../core/records/cloudtrail/events.ts';
import { configFrom } from '../../lib/config.ts';
import { stacksOf } from '../../lib/stacks.ts';

type Context = Readonly<Record<string, unknown>>;

/** What makes the stacks those of an organisation. */
export const ORGANISATION = { organisation: 'o-example000' };

/** Where the apps of one test file write; CDK itself would leave a folder for each in the folder for temporary files. */
const OUT = mkdtempSync(join(tmpdir(), 'launchtrail-synth-'));
afterAll(() => rmSync(OUT, { recursive: true, force: true }));

/** The stacks as an app, without bundling the functions. */
export function appWith(context: Context = {}): App {
  const outdir = mkdtempSync(join(OUT, 'cdk.out-'));
  const app = new App({ outdir, context: { 'aws:cdk:bundling-stacks': [] } });
  stacksOf(app, configFrom(context), WATCHED);
  return app;
}

const templateOf = (id: string, context: Context): Template =>
  Template.fromStack(appWith(context).node.findChild(id) as Stack);

export const templateWith = (context: Context = {}): Template => templateOf('Launchtrail', context);

export const memberTemplate = (context: Context = {}): Template =>
  templateOf('LaunchtrailMember', { ...ORGANISATION, ...context });

/** Rules that send CloudTrail's records on, by logical id. */
export const recordRules = (template: Template) =>
  new Map(
    Object.entries(template.findResources('AWS::Events::Rule')).filter(([, { Properties }]) =>
      JSON.stringify(Properties.EventPattern?.['detail-type'] ?? '').includes('via CloudTrail'),
    ),
  );

/** One statement of any policy in a template, with lists made of single values. */
export interface Statement {
  /** Logical id of the role, queue, topic or key that the policy belongs to. */
  readonly owner: string;
  readonly effect: string;
  readonly actions: readonly string[];
  readonly resources: readonly unknown[];
  readonly condition: unknown;
}

interface RawStatement {
  readonly Effect: string;
  readonly Action: string | string[];
  readonly Resource?: unknown;
  readonly Condition?: unknown;
}

const statementsOf = (
  owner: string,
  document: { readonly Statement: readonly RawStatement[] },
): Statement[] =>
  document.Statement.map(({ Effect, Action, Resource, Condition }) => ({
    owner,
    effect: Effect,
    actions: [Action].flat(),
    resources: [Resource].flat(),
    condition: Condition,
  }));

/** Every statement of one kind of policy resource. */
export function statements(template: Template, type: string): Statement[] {
  return Object.values(template.findResources(type)).flatMap(({ Properties: properties }) => {
    const owner = JSON.stringify(properties.Roles ?? properties.Queues ?? properties.Topics ?? 'key');
    return statementsOf(
      /"Ref":"([^"]+)"/.exec(owner)?.[1] ?? owner,
      properties.PolicyDocument ?? properties.KeyPolicy,
    );
  });
}

/** Every statement that stands in a role itself. */
export const inlineStatements = (template: Template): Statement[] =>
  Object.entries(template.findResources('AWS::IAM::Role')).flatMap(([owner, { Properties: properties }]) =>
    (properties.Policies ?? []).flatMap((policy: { PolicyDocument: { Statement: RawStatement[] } }) =>
      statementsOf(owner, policy.PolicyDocument),
    ),
  );
