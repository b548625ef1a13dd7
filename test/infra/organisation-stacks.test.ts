import { Match } from 'aws-cdk-lib/assertions';
import { AwsSolutionsChecks, ServerlessChecks } from 'cdk-nag';
import { describe, expect, it } from 'vitest';
import { MEMBER_QUEUE, MEMBER_ROLE } from '../../cli/redrive/members.ts';
import { WATCHED } from '../../core/records/cloudtrail/events.ts';
import { API_CALL, isGlobal, SERVICE_EVENT, SIGN_IN } from '../../lib/constructs/event-patterns.ts';
import { matches } from './event-matcher.ts';
import { appWith, memberTemplate, ORGANISATION, recordRules, statements, templateWith } from './synth.ts';

const central = templateWith(ORGANISATION);
const member = memberTemplate();
const allRules = (template: typeof member) => Object.values(template.findResources('AWS::Events::Rule'));
const rulesOf = (template: typeof member) => [...recordRules(template).values()];

describe('the stacks of an organisation', () => {
  it('pass cdk-nag', () => {
    const all = { accountNames: 'true', response: 'tag', alertEmail: 'security@example.com' };
    const app = appWith({ ...ORGANISATION, ...all });
    expect(new AwsSolutionsChecks().validateScope(app).violations).toEqual([]);
    expect(new ServerlessChecks().validateScope(app).violations).toEqual([]);
  });

  it('are two, where one account has one, so that `cdk deploy` needs no name there', () => {
    expect(appWith(ORGANISATION).node.children.map(({ node }) => node.id)).toEqual(
      expect.arrayContaining(['Launchtrail', 'LaunchtrailMember']),
    );
    expect(appWith().node.tryFindChild('LaunchtrailMember')).toBeUndefined();
  });
});

describe('the central stack', () => {
  it('may ask for the names of its own organisation’s accounts where it is told to, and not otherwise', () => {
    const asks = (template: typeof central) =>
      statements(template, 'AWS::IAM::Policy').some(({ actions }) =>
        actions.includes('organizations:DescribeAccount'),
      );
    expect(asks(central)).toBe(false);
    expect(asks(templateWith({ ...ORGANISATION, accountNames: 'true' }))).toBe(true);
  });

  it('lets in the organisation alone, by the role and the rules of its member stacks', () => {
    central.resourceCountIs('AWS::Events::EventBusPolicy', 1);
    central.hasResourceProperties('AWS::Events::EventBusPolicy', {
      Statement: {
        Effect: 'Allow',
        Action: 'events:PutEvents',
        Condition: {
          StringEquals: { 'aws:PrincipalOrgID': 'o-example000' },
          ArnLike: {
            'aws:PrincipalArn': {
              'Fn::Join': ['', ['arn:', { Ref: 'AWS::Partition' }, ':iam::*:role/launchtrail-forward-*']],
            },
          },
          ArnLikeIfExists: {
            'aws:SourceArn': {
              'Fn::Join': ['', ['arn:', { Ref: 'AWS::Partition' }, ':events:*:*:rule/launchtrail-*']],
            },
          },
        },
      },
    });
  });

  it('takes from its bus what CloudTrail said and heartbeats, and nothing that only looks like it', () => {
    const patterned = allRules(central).filter(({ Properties }) => Properties.EventPattern !== undefined);
    const takes = (source: string, type: string) =>
      patterned.filter(({ Properties }) =>
        matches(Properties.EventPattern, { source, 'detail-type': type, detail: {} }),
      ).length === 1;
    expect(takes('aws.events', 'Scheduled Event')).toBe(true);
    expect(takes('made.up', 'Scheduled Event')).toBe(false);
    for (const type of [API_CALL, SERVICE_EVENT, SIGN_IN]) expect(takes('aws.ec2', type)).toBe(true);
    expect(takes('made.up', API_CALL)).toBe(false);
    expect(takes('aws.ec2', 'EC2 Instance State-change Notification')).toBe(false);
  });

  it('keeps what came for 30 days, as that of one account does', () => {
    for (const template of [central, templateWith()]) {
      template.hasResourceProperties('AWS::Events::Archive', { RetentionDays: 30 });
    }
    central.hasResourceProperties('AWS::Events::Archive', {
      SourceArn: { 'Fn::GetAtt': [Match.stringLikeRegexp('^Bus'), 'Arn'] },
    });
  });

  it('keeps the logical ids of tables and queue that a stack of one account has', () => {
    const ids = (template: typeof member, type: string) => Object.keys(template.findResources(type)).sort();
    for (const type of ['AWS::DynamoDB::Table', 'AWS::SQS::Queue', 'AWS::SNS::Topic']) {
      expect(ids(central, type)).toEqual(expect.arrayContaining(ids(templateWith(), type)));
    }
  });
});

describe('the member stack', () => {
  it('needs no assets and no bootstrap: its one parameter is the bus', () => {
    const template = member.toJSON();
    expect(Object.keys(template.Parameters)).toEqual(['CentralBus']);
    expect(template.Rules).toBeUndefined();
    expect(JSON.stringify(template)).not.toMatch(/cdk-hnb659fds|S3Key|AssetParameters/);
  });

  it('can be given to CloudFormation as text, which takes 51,200 bytes', () => {
    // https://docs.aws.amazon.com/AWSCloudFormation/latest/UserGuide/cloudformation-limits.html
    expect(JSON.stringify(member.toJSON(), null, 1).length).toBeLessThan(51_200);
  });

  it('has the same rules in every Region, but for those of what is written in one Region only', () => {
    const conditional = rulesOf(member).filter(({ Condition }) => Condition !== undefined);
    const sources = (rules: typeof conditional) =>
      rules.flatMap(({ Properties }) => Properties.EventPattern.detail.eventSource);
    expect(new Set(sources(conditional))).toEqual(new Set(['iam.amazonaws.com', 'account.amazonaws.com']));
    expect(conditional.map(({ Condition }) => Condition)).toEqual(conditional.map(() => 'IsHome'));
    expect(member.toJSON().Conditions.IsHome).toEqual({
      'Fn::Or': ['us-east-1', 'us-gov-west-1', 'cn-north-1'].map((region) => ({
        'Fn::Equals': [{ Ref: 'AWS::Region' }, region],
      })),
    });
    expect(new Set(sources(rulesOf(member)))).toEqual(new Set(WATCHED.map(({ eventSource }) => eventSource)));
    expect(WATCHED.filter(isGlobal)).toHaveLength(2);
  });

  it('watches what a stack of one account watches', () => {
    const patterns = (template: typeof member) =>
      rulesOf(template)
        .map(({ Properties }) => JSON.stringify(Properties.EventPattern))
        .sort();
    expect(patterns(member)).toEqual(patterns(templateWith()));
  });

  it('names its rules as the central bus expects, and no resource refers to one that may not be there', () => {
    for (const { Properties } of allRules(member)) expect(Properties.Name).toMatch(/^launchtrail-\w+$/);
    const conditional = Object.entries(member.findResources('AWS::Events::Rule'))
      .filter(([, { Condition }]) => Condition !== undefined)
      .map(([id]) => id);
    const text = JSON.stringify(member.toJSON());
    for (const id of conditional) expect(text).not.toContain(`"Fn::GetAtt":["${id}"`);
  });

  it('tries for a day, then keeps what it could not send for 14', () => {
    member.allResourcesProperties('AWS::Events::Rule', {
      State: 'ENABLED',
      Targets: [
        Match.objectLike({
          Arn: { Ref: 'CentralBus' },
          RoleArn: Match.anyValue(),
          DeadLetterConfig: { Arn: Match.anyValue() },
          RetryPolicy: { MaximumRetryAttempts: 185, MaximumEventAgeInSeconds: 86_400 },
        }),
      ],
    });
    member.allResourcesProperties('AWS::SQS::Queue', { MessageRetentionPeriod: 1_209_600 });
  });

  it('sends a heartbeat every 15 minutes from each Region, over the same path as the records', () => {
    const beats = allRules(member).filter(({ Properties }) => Properties.ScheduleExpression !== undefined);
    expect(beats.map(({ Properties, Condition }) => [Properties.ScheduleExpression, Condition])).toEqual([
      ['rate(15 minutes)', undefined],
    ]);
  });

  it("has a role that only reads, which the central account's inventory alone can assume, once for all Regions", () => {
    const readers = Object.values(member.findResources('AWS::IAM::Role')).filter(
      ({ Properties }) => Properties.RoleName === 'launchtrail-reader',
    );
    expect(readers).toHaveLength(1);
    const [{ Condition, Properties }] = readers as [(typeof readers)[number]];
    expect(Condition).toBe('IsHome');
    expect(JSON.stringify(Properties.AssumeRolePolicyDocument)).toContain(':role/launchtrail-reconcile');
    const [{ PolicyDocument }] = Properties.Policies;
    const actions: string[] = PolicyDocument.Statement.flatMap((each: { Action: string[] }) => each.Action);
    expect(actions).toHaveLength(6);
    for (const action of actions) expect(action).toMatch(/^(ec2:Describe|cloudtrail:LookupEvents$)/);
    central.hasResourceProperties('AWS::IAM::Role', { RoleName: 'launchtrail-reconcile' });
  });

  it("has another that only reads IAM, which the central account's audit alone can assume", () => {
    const readers = Object.values(member.findResources('AWS::IAM::Role')).filter(
      ({ Properties }) => Properties.RoleName === 'launchtrail-access-reader',
    );
    expect(readers).toHaveLength(1);
    const [{ Condition, Properties }] = readers as [(typeof readers)[number]];
    expect(Condition).toBe('IsHome');
    expect(JSON.stringify(Properties.AssumeRolePolicyDocument)).toContain(':role/launchtrail-audit-access');
    const [{ PolicyDocument }] = Properties.Policies;
    const actions: string[] = PolicyDocument.Statement.flatMap((each: { Action: string[] }) => each.Action);
    expect(actions).toHaveLength(4);
    for (const action of actions) expect(action).toMatch(/^(iam:G(et|enerate)|cloudtrail:LookupEvents$)/);
    central.hasResourceProperties('AWS::IAM::Role', { RoleName: 'launchtrail-audit-access' });
  });

  it('has a queue and a role of the names that a redrive asks for; the role takes messages out and sends none', () => {
    member.hasResourceProperties('AWS::SQS::Queue', { QueueName: MEMBER_QUEUE });
    const redrivers = Object.values(member.findResources('AWS::IAM::Role')).filter(
      ({ Properties }) => Properties.RoleName === MEMBER_ROLE,
    );
    expect(redrivers.map(({ Condition }) => Condition)).toEqual(['IsHome']);
    const [{ Properties }] = redrivers as [(typeof redrivers)[number]];
    const [statement, ...more] = Properties.Policies[0].PolicyDocument.Statement;
    expect(more).toEqual([]);
    expect(statement.Action).not.toContain('sqs:SendMessage');
    expect(JSON.stringify(statement.Resource)).toMatch(/:sqs:\*:.*:launchtrail-undelivered"/);
  });

  it('has one more role, which may put events on the central bus, and which its rules alone can assume', () => {
    member.resourceCountIs('AWS::IAM::Role', 4);
    expect(statements(member, 'AWS::IAM::Policy')).toEqual([
      expect.objectContaining({ actions: ['events:PutEvents'], resources: [{ Ref: 'CentralBus' }] }),
    ]);
    member.hasResourceProperties('AWS::IAM::Role', {
      AssumeRolePolicyDocument: {
        Statement: [
          Match.objectLike({
            Principal: { Service: 'events.amazonaws.com' },
            Condition: {
              StringEquals: { 'aws:SourceAccount': { Ref: 'AWS::AccountId' } },
              ArnLike: { 'aws:SourceArn': Match.anyValue() },
            },
          }),
        ],
      },
    });
    expect(JSON.stringify(member.findResources('AWS::IAM::Role'))).toContain(':rule/launchtrail-*');
  });
});

describe('every policy on a resource', () => {
  /** What AWS takes, characters: of SQS, SNS, EventBridge and KMS; an ARN takes some 120 where its parts are filled in. */
  const LIMITS = {
    // https://docs.aws.amazon.com/AWSSimpleQueueService/latest/SQSDeveloperGuide/quotas-policies.html
    'AWS::SQS::QueuePolicy': 8_192,
    // https://docs.aws.amazon.com/general/latest/gr/sns.html
    'AWS::SNS::TopicPolicy': 30_720,
    // https://docs.aws.amazon.com/eventbridge/latest/userguide/eb-quota.html
    'AWS::Events::EventBusPolicy': 10_240,
    // https://docs.aws.amazon.com/kms/latest/developerguide/resource-limits.html
    'AWS::KMS::Key': 32_768,
  };
  const all = [
    templateWith({ response: 'tag', alertEmail: 'security@example.com' }),
    templateWith({ ...ORGANISATION, response: 'tag', alertEmail: 'security@example.com' }),
    member,
  ];

  it.each(Object.entries(LIMITS))('of %s is within its limit of %i characters', (type, limit) => {
    const policies = all.flatMap((template) =>
      Object.values(template.findResources(type)).map(
        ({ Properties }) => Properties.PolicyDocument ?? Properties.KeyPolicy ?? Properties.Statement,
      ),
    );
    expect(policies.length).toBeGreaterThan(0);
    for (const policy of policies) expect(JSON.stringify(policy).length).toBeLessThan(limit);
  });

  it('of a queue has at most 20 statements and 10 conditions', () => {
    for (const template of all)
      for (const { Properties } of Object.values(template.findResources('AWS::SQS::QueuePolicy'))) {
        const parts: { Condition?: Record<string, object> }[] = Properties.PolicyDocument.Statement;
        expect(parts.length).toBeLessThanOrEqual(20);
        const conditions = parts.flatMap(({ Condition = {} }) =>
          Object.values(Condition).flatMap(Object.keys),
        );
        expect(conditions.length).toBeLessThanOrEqual(10);
      }
  });
});
