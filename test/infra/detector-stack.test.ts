import { Capture, Match } from 'aws-cdk-lib/assertions';
import { AwsSolutionsChecks, ServerlessChecks } from 'cdk-nag';
import { describe, expect, it } from 'vitest';
import { verdictKey } from '../../adapters/dynamo/items.ts';
import { BUSY_MS } from '../../app/notify.ts';
import { appWith, type Statement, statements, templateWith } from './synth.ts';

const ALL = { response: 'tag', alertEmail: 'security@example.com', countryDatabase: 'true' };
const template = templateWith(ALL);
const FUNCTIONS = ['detect', 'notify', 'respond'];

const roleStatements = (name: string, from = template): Statement[] =>
  statements(from, 'AWS::IAM::Policy').filter(({ owner }) => owner.toLowerCase().startsWith(name));

const actionsOf = (name: string, from = template): string[] =>
  [...new Set(roleStatements(name, from).flatMap(({ actions }) => actions))].sort();

describe('the stack', () => {
  it('is deployed without parameters of its own', () => {
    expect(Object.keys(template.toJSON().Parameters)).toEqual(['BootstrapVersion']);
  });

  it('passes cdk-nag, in every mode', () => {
    for (const response of ['off', 'dry-run', 'tag']) {
      const app = appWith({ ...ALL, response });
      expect(new AwsSolutionsChecks().validateScope(app).violations).toEqual([]);
      expect(new ServerlessChecks().validateScope(app).violations).toEqual([]);
    }
  });

  it('looks as it did when it was last reviewed', () => {
    const text = JSON.stringify(template.toJSON(), null, 2).replaceAll(/[a-f0-9]{64}/g, '[hash]');
    expect(JSON.parse(text)).toMatchSnapshot();
  });

  it('keeps both tables whatever happens to it', () => {
    template.resourceCountIs('AWS::DynamoDB::Table', 2);
    template.allResources('AWS::DynamoDB::Table', {
      DeletionPolicy: 'Retain',
      UpdateReplacePolicy: 'Retain',
      Properties: Match.objectLike({
        DeletionProtectionEnabled: true,
        PointInTimeRecoverySpecification: { PointInTimeRecoveryEnabled: true },
        BillingMode: 'PAY_PER_REQUEST',
        KeySchema: [
          { AttributeName: 'pk', KeyType: 'HASH' },
          { AttributeName: 'sk', KeyType: 'RANGE' },
        ],
      }),
    });
    template.hasResourceProperties('AWS::DynamoDB::Table', {
      TimeToLiveSpecification: { AttributeName: 'expires', Enabled: true },
    });
    template.hasResourceProperties('AWS::DynamoDB::Table', {
      StreamSpecification: { StreamViewType: 'NEW_AND_OLD_IMAGES' },
    });
  });

  it('encrypts what leaves by SNS and refuses plain HTTP on every topic and queue', () => {
    template.allResourcesProperties('AWS::SNS::Topic', { KmsMasterKeyId: Match.anyValue() });
    template.hasResourceProperties('AWS::KMS::Key', { EnableKeyRotation: true });
    template.allResourcesProperties('AWS::SQS::Queue', { SqsManagedSseEnabled: true });
    const refusing = ['AWS::SNS::TopicPolicy', 'AWS::SQS::QueuePolicy'].map(
      (type) =>
        new Set(
          statements(template, type)
            .filter(
              ({ effect, condition }) =>
                effect === 'Deny' && JSON.stringify(condition).includes('SecureTransport'),
            )
            .map(({ owner }) => owner),
        ).size,
    );
    const owners = ['AWS::SNS::Topic', 'AWS::SQS::Queue'].map(
      (type) => Object.keys(template.findResources(type)).length,
    );
    expect(refusing).toEqual(owners);
  });

  it('has policies on its queues that SQS takes: at most 20 statements, 10 conditions and 8,192 bytes each', () => {
    // https://docs.aws.amazon.com/AWSSimpleQueueService/latest/SQSDeveloperGuide/quotas-policies.html
    const rules = Object.keys(template.findResources('AWS::Events::Rule')).length;
    const policies = Object.values(template.findResources('AWS::SQS::QueuePolicy'));
    const letting = policies.filter(({ Properties: { PolicyDocument: document } }) => {
      const { Statement: all } = document as { Statement: { Condition?: Record<string, object> }[] };
      const conditions = all.flatMap(({ Condition = {} }) => Object.values(Condition).flatMap(Object.keys));
      expect(all.length).toBeLessThanOrEqual(20);
      expect(conditions.length).toBeLessThanOrEqual(10);
      // an ARN takes some 120 bytes where its parts are filled in
      expect(JSON.stringify(document).length).toBeLessThan(8_192);
      const sources = all
        .flatMap(({ Condition }) => Object.values(Condition?.ArnEquals ?? {}).flat())
        .filter((source) => 'Fn::GetAtt' in source);
      if (sources.length > 0) expect(sources).toHaveLength(rules);
      return sources.length > 0;
    });
    expect(rules).toBeGreaterThan(10);
    expect(letting).toHaveLength(2);
  });

  it('lets alarms publish to the encrypted topic for people', () => {
    for (const type of ['AWS::SNS::TopicPolicy', 'AWS::KMS::Key']) {
      const text = JSON.stringify(template.findResources(type));
      expect(text).toContain('cloudwatch.amazonaws.com');
    }
    const topic = new Capture();
    template.allResourcesProperties('AWS::CloudWatch::Alarm', { AlarmActions: [{ Ref: topic }] });
    expect(topic.asString()).toMatch(/^TopicsAlerts/);
  });

  it('mails people only when it was told whom', () => {
    template.hasResourceProperties('AWS::SNS::Subscription', { Endpoint: ALL.alertEmail, Protocol: 'email' });
    templateWith().resourceCountIs('AWS::SNS::Subscription', 0);
  });
});

describe('nothing is lost:', () => {
  const queues = template.findResources('AWS::SQS::Queue');
  const isDeadLetters = (id: string) => queues[id]?.Properties.RedrivePolicy === undefined;

  it('every rule has a dead-letter queue and tries for a day', () => {
    template.allResourcesProperties('AWS::Events::Rule', {
      State: 'ENABLED',
      Targets: [
        Match.objectLike({
          DeadLetterConfig: { Arn: Match.anyValue() },
          RetryPolicy: { MaximumRetryAttempts: 185, MaximumEventAgeInSeconds: 86_400 },
        }),
      ],
    });
  });

  it('the queue waits six times as long as the function may take, and gives up after five attempts', () => {
    template.hasResourceProperties('AWS::SQS::Queue', {
      VisibilityTimeout: 360,
      RedrivePolicy: Match.objectLike({ maxReceiveCount: 5 }),
    });
    template.hasResourceProperties('AWS::Lambda::Function', {
      Timeout: 60,
      Description: Match.stringLikeRegexp('judges'),
    });
  });

  it('every queue keeps messages for 14 days, and every dead-letter queue has an alarm on the first', () => {
    template.allResourcesProperties('AWS::SQS::Queue', { MessageRetentionPeriod: 1_209_600 });
    const watched = Object.values(template.findResources('AWS::CloudWatch::Alarm')).flatMap(
      ({ Properties }) =>
        Properties.MetricName === 'ApproximateNumberOfMessagesVisible' && Properties.Threshold === 1
          ? [Properties.Dimensions[0].Value['Fn::GetAtt'][0]]
          : [],
    );
    expect(watched.sort()).toEqual(Object.keys(queues).filter(isDeadLetters).sort());
  });

  it('every function fails only the part of a batch that failed', () => {
    template.resourceCountIs('AWS::Lambda::EventSourceMapping', FUNCTIONS.length);
    template.allResourcesProperties('AWS::Lambda::EventSourceMapping', {
      FunctionResponseTypes: ['ReportBatchItemFailures'],
    });
  });

  it('both followers of the stream start at its beginning and hand on what they cannot do', () => {
    const followers = template.findResources('AWS::Lambda::EventSourceMapping', {
      Properties: {
        StartingPosition: 'TRIM_HORIZON',
        BisectBatchOnFunctionError: true,
        MaximumRecordAgeInSeconds: 21_600,
        DestinationConfig: { OnFailure: { Destination: Match.anyValue() } },
      },
    });
    expect(Object.keys(followers)).toHaveLength(2);
  });

  it('both are called for verdicts alone, not for what they note themselves', () => {
    const patterns = Object.values(
      template.findResources('AWS::Lambda::EventSourceMapping', {
        Properties: { StartingPosition: 'TRIM_HORIZON' },
      }),
    ).map(({ Properties }) =>
      Properties.FilterCriteria.Filters.map(({ Pattern }: { Pattern: string }) => JSON.parse(Pattern)),
    );
    const verdicts = [{ dynamodb: { Keys: { pk: { S: [{ prefix: 'V#' }] } } } }];
    expect(patterns).toEqual([verdicts, verdicts]);
    expect(verdictKey({ account: '1', subject: 'x', at: 0, id: 'e' }).pk).toMatch(/^V#/);
  });

  it('a finding is left to one worker for longer than notify may run', () => {
    const [notify] = Object.values(
      template.findResources('AWS::Lambda::Function', {
        Properties: { Environment: { Variables: { POWERTOOLS_SERVICE_NAME: 'launchtrail-notify' } } },
      }),
    );
    expect(BUSY_MS).toBeGreaterThan(notify?.Properties.Timeout * 1_000);
  });

  it('detect may send to its own queue as often as it takes', () => {
    template.hasResourceProperties('AWS::Lambda::Function', {
      RecursiveLoop: 'Allow',
      Environment: { Variables: Match.objectLike({ POWERTOOLS_SERVICE_NAME: 'launchtrail-detect' }) },
    });
  });
});

describe('least power:', () => {
  it('detect can touch its two tables, its queue and its log, and nothing else', () => {
    expect(actionsOf('detect')).toEqual([
      'dynamodb:BatchGetItem',
      'dynamodb:BatchWriteItem',
      'dynamodb:PutItem',
      'dynamodb:Query',
      'logs:CreateLogStream',
      'logs:PutLogEvents',
      'sqs:ChangeMessageVisibility',
      'sqs:DeleteMessage',
      'sqs:GetQueueAttributes',
      'sqs:GetQueueUrl',
      'sqs:ReceiveMessage',
      'sqs:SendMessage',
    ]);
    const sending = roleStatements('detect').filter(({ actions }) => actions.includes('sqs:SendMessage'));
    expect(JSON.stringify(sending.map(({ resources }) => resources))).toMatch(
      /^\[\[\{"Fn::GetAtt":\["IngestQueue\w+","Arn"\]\}\]\]$/,
    );
  });

  it('each function puts only items of its own sort into the table of findings', () => {
    const writing = (name: string, from = template) =>
      roleStatements(name, from)
        .filter(
          ({ actions, resources }) =>
            /Put|Write/.test(actions.join()) && /StoresFindings/.test(JSON.stringify(resources)),
        )
        .map(({ actions, condition }) => [...actions, condition]);
    const only = (...keys: string[]) => ({ 'ForAllValues:StringLike': { 'dynamodb:LeadingKeys': keys } });
    expect(writing('detect')).toEqual([
      ['dynamodb:PutItem', only('V#*')],
      ['dynamodb:BatchWriteItem', only('N#*')],
    ]);
    expect(writing('notify')).toEqual([['dynamodb:PutItem', only('T#*')]]);
    expect(writing('respond')).toEqual([['dynamodb:PutItem', only('I#*')]]);
    const dry = templateWith({ response: 'dry-run' });
    expect(writing('respond', dry)).toEqual([['dynamodb:PutItem', only('D#*')]]);
  });

  it('notify can publish, follow the stream, read verdicts and note what it told, and nothing else', () => {
    expect(actionsOf('notify')).toEqual([
      'dynamodb:BatchGetItem',
      'dynamodb:DescribeStream',
      'dynamodb:GetRecords',
      'dynamodb:GetShardIterator',
      'dynamodb:ListStreams',
      'dynamodb:PutItem',
      'dynamodb:Query',
      'kms:Decrypt',
      'kms:GenerateDataKey*',
      'logs:CreateLogStream',
      'logs:PutLogEvents',
      'sns:Publish',
      'sqs:GetQueueAttributes',
      'sqs:GetQueueUrl',
      'sqs:SendMessage',
    ]);
  });

  it('respond can set three fixed tags on instances of its account, and only when it is to tag', () => {
    const tagging = roleStatements('respond').filter(({ actions }) =>
      actions.some((a) => a.startsWith('ec2:')),
    );
    expect(tagging).toEqual([
      expect.objectContaining({
        effect: 'Allow',
        actions: ['ec2:CreateTags'],
        condition: {
          'ForAllValues:StringEquals': {
            'aws:TagKeys': ['launchtrail:finding', 'launchtrail:severity', 'launchtrail:detected-at'],
          },
          Null: { 'aws:TagKeys': 'false' },
        },
      }),
    ]);
    expect(JSON.stringify(tagging[0]?.resources)).toMatch(/:ec2:\*:.*AWS::AccountId.*:instance\/\*/);

    expect(actionsOf('respond', templateWith({ response: 'dry-run' })).join()).not.toContain('ec2:');
    expect(JSON.stringify(templateWith().toJSON())).not.toMatch(/ec2:|respond/);
  });

  it('no role has an action or a resource for everything, but for the two that cannot be narrower', () => {
    const all = statements(template, 'AWS::IAM::Policy').filter(({ effect }) => effect === 'Allow');
    const wide = all.flatMap(({ actions }) => actions).filter((action) => action.includes('*'));
    expect([...new Set(wide)]).toEqual(['kms:GenerateDataKey*']);
    const anywhere = all.filter(({ resources }) => resources.includes('*')).flatMap(({ actions }) => actions);
    expect([...new Set(anywhere)]).toEqual(['dynamodb:ListStreams']);
  });

  it('roles have no managed policies', () => {
    expect(JSON.stringify(template.findResources('AWS::IAM::Role'))).not.toContain('ManagedPolicyArns');
  });
});

describe('every function', () => {
  it.each(FUNCTIONS)('%s runs on Node 24 and ARM with a log that ends', (name) => {
    template.hasResourceProperties('AWS::Lambda::Function', {
      Runtime: 'nodejs24.x',
      Architectures: ['arm64'],
      MemorySize: 512,
      LoggingConfig: { LogGroup: Match.anyValue() },
      Environment: {
        Variables: Match.objectLike({
          POWERTOOLS_SERVICE_NAME: `launchtrail-${name}`,
          POWERTOOLS_METRICS_NAMESPACE: 'Launchtrail',
        }),
      },
    });
  });

  it('keeps its log for 90 days, or as long as was asked for', () => {
    template.allResourcesProperties('AWS::Logs::LogGroup', { RetentionInDays: 90 });
    templateWith({ retentionDays: '365' }).allResourcesProperties('AWS::Logs::LogGroup', {
      RetentionInDays: 365,
    });
  });

  it('has alarms on errors and on lateness', () => {
    const metrics = Object.values(template.findResources('AWS::CloudWatch::Alarm')).map(
      ({ Properties }) => Properties.MetricName,
    );
    const count = (name: string) => metrics.filter((metric) => metric === name).length;
    expect(count('Errors')).toBe(FUNCTIONS.length);
    expect(count('IteratorAge')).toBe(2);
    expect(count('ApproximateAgeOfOldestMessage')).toBe(1);
  });

  it('detect knows the role of respond, so as not to judge its tags, and the countries when it has them', () => {
    const env = (from = template) =>
      Object.values(from.findResources('AWS::Lambda::Function'))
        .map(({ Properties }) => Properties.Environment.Variables)
        .find(({ POWERTOOLS_SERVICE_NAME }) => POWERTOOLS_SERVICE_NAME === 'launchtrail-detect');
    expect(JSON.stringify(env().OWN_ROLES)).toContain('RespondRole');
    expect(env().COUNTRIES).toBe('./iptoasn-country.mmdb');
    expect(env(templateWith())).not.toHaveProperty('OWN_ROLES');
    expect(env(templateWith())).not.toHaveProperty('COUNTRIES');
  });
});
