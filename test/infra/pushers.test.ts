import { describe, expect, it } from 'vitest';
import { configFrom } from '../../lib/config.ts';
import { pushersFrom } from '../../lib/pushers.ts';
import { ORGANISATION, recordRules, statements, templateWith } from './synth.ts';

const TENANT = '00000000-0000-4000-8000-00000000000a';
const AZURE = { azureTenant: TENANT, azureAudience: 'api://launchtrail' };
const GOOGLE = {
  googleAudience: 'https://launchtrail.example.com',
  googleSender: 'push@example-project.iam.gserviceaccount.com',
};

describe('who may push', () => {
  it('is nobody unless asked for', () => {
    expect(pushersFrom({})).toEqual({});
    expect(templateWith().findResources('AWS::Lambda::Url')).toEqual({});
    expect(configFrom({}).pushers).toEqual({});
  });

  it('is who is named', () => {
    const senders = ['00000000-0000-4000-8000-00000000000b', '00000000-0000-4000-8000-00000000000c'];
    expect(pushersFrom({ ...AZURE, ...GOOGLE, azureSenders: senders.join(',') })).toEqual({
      azure: { tenant: TENANT, audience: 'api://launchtrail', senders },
      google: { audience: GOOGLE.googleAudience, sender: GOOGLE.googleSender },
    });
  });

  it.each([
    [
      'azureTenant',
      { ...AZURE, azureTenant: 'contoso' },
      "expected the id of an Entra tenant; got 'contoso'",
    ],
    ['azureTenant', { azureTenant: TENANT }, "needs 'azureAudience' as well"],
    ['azureAudience', { azureAudience: 'x' }, "needs 'azureTenant' as well"],
    ['azureAudience', { ...AZURE, azureAudience: 'a b' }, 'expected the application id'],
    ['azureSenders', { ...AZURE, azureSenders: 'someone' }, "expected ids of applications; got 'someone'"],
    ['azureSenders', { azureSenders: TENANT }, "needs 'azureTenant' and 'azureAudience' as well"],
    [
      'googleSender',
      { ...GOOGLE, googleSender: 'anna@example.com' },
      'expected the e-mail of the service account',
    ],
    ['googleSender', { googleSender: GOOGLE.googleSender }, "needs 'googleAudience' as well"],
    ['googleAudience', { googleAudience: 'x' }, "needs 'googleSender' as well"],
    ['ingestConcurrency', { ...AZURE, ingestConcurrency: '-1' }, 'expected a whole number from 0 to 100'],
  ])('is refused where %s is wrong', (name, context, problem) => {
    expect(() => configFrom(context)).toThrow(`Context value '${name}': ${problem}`);
  });
});

describe.each([
  ['one account', {}],
  ['an organisation', ORGANISATION],
])('what is pushed in %s', (_, more) => {
  const template = templateWith({ ...more, ...AZURE, ...GOOGLE });

  it('comes in at one address, by a function with executions of its own', () => {
    template.resourceCountIs('AWS::Lambda::Url', 1);
    template.hasResourceProperties('AWS::Lambda::Function', {
      ReservedConcurrentExecutions: 5,
      Environment: { Variables: { AZURE_TENANT: TENANT, GOOGLE_SENDER: GOOGLE.googleSender } },
    });
    template.hasOutput('*', {
      Description: 'Where Azure (…/azure) and Google (…/google) push their records to',
    });
  });

  it('goes onto the bus and into notes of its own, and nowhere else', () => {
    const rights = statements(template, 'AWS::IAM::Policy').filter(({ owner }) => owner.startsWith('Pushes'));
    expect(rights.flatMap(({ actions }) => actions).sort()).toEqual([
      'dynamodb:BatchGetItem',
      'dynamodb:PutItem',
      'dynamodb:Query',
      'events:PutEvents',
      'logs:CreateLogStream',
      'logs:PutLogEvents',
    ]);
    const [writes] = rights.filter(({ actions }) => actions.includes('dynamodb:PutItem'));
    expect(writes?.condition).toEqual({ 'ForAllValues:StringLike': { 'dynamodb:LeadingKeys': ['P#*'] } });
  });

  it('is sent on to the queue where this account itself has put it on the bus, and is archived', () => {
    const pattern = {
      source: ['launchtrail.azure', 'launchtrail.google'],
      account: [{ Ref: 'AWS::AccountId' }],
    };
    template.hasResourceProperties('AWS::Events::Rule', { EventPattern: pattern });
    template.hasResourceProperties('AWS::Events::Archive', { EventPattern: pattern });
    for (const { Properties } of recordRules(template).values())
      expect(JSON.stringify(Properties.EventPattern.source)).not.toContain('launchtrail');
  });

  it('calls a person where many pushes are refused, or one could not be handed on', () => {
    for (const MetricName of ['RefusedPushes', 'PutOffPushes'])
      template.hasResourceProperties('AWS::CloudWatch::Alarm', { MetricName, Namespace: 'Launchtrail' });
  });

  it('has no executions set aside where an account has none to spare', () => {
    const small = templateWith({ ...more, ...GOOGLE, ingestConcurrency: '0' });
    const functions = Object.values(small.findResources('AWS::Lambda::Function'));
    expect(functions.filter(({ Properties }) => 'ReservedConcurrentExecutions' in Properties)).toEqual([]);
  });
});
