import type { Stack } from 'aws-cdk-lib';
import { Annotations, Match } from 'aws-cdk-lib/assertions';
import { AwsSolutionsChecks, ServerlessChecks } from 'cdk-nag';
import { describe, expect, it } from 'vitest';
import { verdictKey } from '../../adapters/dynamo/items.ts';
import { BUSY_MS } from '../../app/notify.ts';
import { appWith, recordRules, type Statement, statements, templateWith } from './synth.ts';

const ALL = { response: 'tag', alertEmail: 'security@example.com', countryDatabase: 'true' };
/** What is off unless it is asked for. */
const OUTPUTS = {
  slackChannel: 'T0123ABCD/C0123ABCD',
  teamsChannel:
    '11111111-2222-4333-8444-555555555555/11111111-2222-4333-8444-666666666666/19%3aexample%40thread.tacv2',
  securityHub: 'true',
  findingsBus: 'true',
};
const template = templateWith(ALL);
const FUNCTIONS = ['detect', 'notify', 'respond'];
/** Those that a version is released to gradually are called with records and verdicts; one more is with changes of the policy. */
const CALLED = [...FUNCTIONS, 'announce'];

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
      const app = appWith({ ...ALL, ...OUTPUTS, response });
      expect(new AwsSolutionsChecks().validateScope(app).violations).toEqual([]);
      expect(new ServerlessChecks().validateScope(app).violations).toEqual([]);
    }
  });

  it('looks as it did when it was last reviewed', () => {
    const text = JSON.stringify(template.toJSON(), null, 2).replaceAll(/[a-f0-9]{64}/g, '[hash]');
    expect(JSON.parse(text)).toMatchSnapshot();
  });

  it('lets nobody in a channel do anything in the account, by role and by guardrail', () => {
    const chatting = templateWith({ ...ALL, ...OUTPUTS });
    for (const type of [
      'AWS::Chatbot::SlackChannelConfiguration',
      'AWS::Chatbot::MicrosoftTeamsChannelConfiguration',
    ]) {
      chatting.resourceCountIs(type, 1);
      chatting.allResourcesProperties(type, {
        GuardrailPolicies: [
          { 'Fn::Join': ['', ['arn:', { Ref: 'AWS::Partition' }, ':iam::aws:policy/AWSDenyAll']] },
        ],
      });
    }
    expect(roleStatements('chat', chatting)).toEqual([]);
  });

  it('has no channel, bus or import unless asked for', () => {
    for (const type of ['AWS::Events::EventBus', 'AWS::Chatbot::SlackChannelConfiguration'])
      template.resourceCountIs(type, 0);
    expect(JSON.stringify(template.toJSON())).not.toContain('securityhub');
  });

  it('keeps its tables whatever happens to it', () => {
    template.resourceCountIs('AWS::DynamoDB::Table', 3);
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
    const tables = Object.entries(template.findResources('AWS::DynamoDB::Table'));
    const having = (property: string) =>
      tables.flatMap(([id, { Properties }]) => (Properties[property] === undefined ? [] : id.slice(6, 14)));
    // no version of the policy is ever forgotten
    expect(having('TimeToLiveSpecification').sort()).toEqual(['Findings', 'History4']);
    expect(having('StreamSpecification').sort()).toEqual(['Findings', 'Settings']);
  });

  it('goes on with the tables of another stack where it is told their names', () => {
    const going = templateWith({
      historyTable: 'old-history',
      findingsStream:
        'arn:aws:dynamodb:eu-west-1:111122223333:table/old-findings/stream/2026-11-01T00:00:00.000',
      settingsStream:
        'arn:aws:dynamodb:eu-west-1:111122223333:table/old-settings/stream/2026-11-01T00:00:00.000',
    });
    going.resourceCountIs('AWS::DynamoDB::Table', 0);
    going.hasResourceProperties('AWS::Lambda::Function', {
      Environment: {
        Variables: Match.objectLike({
          HISTORY_TABLE: 'old-history',
          FINDINGS_TABLE: 'old-findings',
          SETTINGS_TABLE: 'old-settings',
        }),
      },
    });
    going.hasResourceProperties('AWS::Lambda::EventSourceMapping', {
      EventSourceArn: Match.stringLikeRegexp('table/old-findings/stream/2026-11-01'),
    });
    expect(JSON.stringify(roleStatements('detect', going))).toMatch(
      /:table\/old-history.*:table\/old-findings/,
    );
    expect(JSON.stringify(roleStatements('announce', going))).toMatch(/:table\/old-settings\/stream/);
  });

  it('has settings of its own where the other stack had none', () => {
    const going = templateWith({
      historyTable: 'old-history',
      findingsStream:
        'arn:aws:dynamodb:eu-west-1:111122223333:table/old-findings/stream/2026-11-01T00:00:00.000',
    });
    going.resourceCountIs('AWS::DynamoDB::Table', 1);
  });

  it('encrypts findings on their way through SNS and refuses plain HTTP on every topic and queue', () => {
    const keyed = template.findResources('AWS::SNS::Topic', {
      Properties: { KmsMasterKeyId: Match.anyValue() },
    });
    expect(Object.keys(keyed).map((id) => id.slice(0, 12))).toEqual(['TopicsFindin', 'TopicsAlerts']);
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
    const rules = recordRules(template).size;
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
      if (sources.length > 1) expect(sources).toHaveLength(rules);
      return sources.length > 1;
    });
    expect(rules).toBeGreaterThan(10);
    expect(letting).toHaveLength(2);
  });

  it('tells people of its own troubles by a topic that needs no key, and of that topic by the alerts', () => {
    for (const type of ['AWS::SNS::TopicPolicy', 'AWS::KMS::Key']) {
      expect(JSON.stringify(template.findResources(type))).toContain('cloudwatch.amazonaws.com');
    }
    const targets = Object.entries(template.findResources('AWS::CloudWatch::Alarm')).map(
      ([id, { Properties }]) => [
        /^TopicsAlarmsDelivery|^TopicsUnsentAlarms/.test(id),
        Properties.AlarmActions.map(({ Ref }: { Ref: string }) => Ref.slice(0, 12)),
      ],
    );
    expect(targets.length).toBeGreaterThan(20);
    for (const [isAboutAlarms, to] of targets)
      expect(to).toEqual([isAboutAlarms ? 'TopicsAlerts' : 'TopicsAlarms']);
  });

  it('mails people only when it was told whom', () => {
    template.hasResourceProperties('AWS::SNS::Subscription', { Endpoint: ALL.alertEmail, Protocol: 'email' });
    templateWith().resourceCountIs('AWS::SNS::Subscription', 0);
    const warnings = (context: Readonly<Record<string, string>>) =>
      Annotations.fromStack(appWith(context).node.findChild('Launchtrail') as Stack).findWarning(
        '*',
        Match.stringLikeRegexp('nobody will hear'),
      );
    expect(warnings({})).toHaveLength(1);
    expect(warnings(ALL)).toEqual([]);
  });

  it('fits into a new account, which has ten executions for all functions together', () => {
    // https://docs.aws.amazon.com/lambda/latest/dg/gettingstarted-limits.html: new accounts have less than 1,000
    const mappings = Object.values(template.findResources('AWS::Lambda::EventSourceMapping'));
    const most = mappings.map(
      ({ Properties }) =>
        Properties.ScalingConfig?.MaximumConcurrency ?? Properties.ParallelizationFactor ?? 1,
    );
    expect(most.toSorted()).toEqual([1, 1, 1, 5]);
    expect(JSON.stringify(template.toJSON())).not.toContain('ReservedConcurrentExecutions');
    const roomy = Object.values(
      templateWith({ ...ALL, concurrency: 50 }).findResources('AWS::Lambda::EventSourceMapping'),
    );
    expect(roomy.map(({ Properties }) => Properties.ParallelizationFactor ?? 0).toSorted()).toEqual([
      0, 0, 10, 10,
    ]);
  });
});

describe('nothing is lost:', () => {
  it('every rule that sends records on has a dead-letter queue and tries for a day', () => {
    for (const { Properties } of recordRules(template).values()) {
      expect(Properties).toMatchObject({
        State: 'ENABLED',
        Targets: [
          {
            DeadLetterConfig: { Arn: expect.anything() },
            RetryPolicy: { MaximumRetryAttempts: 185, MaximumEventAgeInSeconds: 86_400 },
          },
        ],
      });
    }
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

  it('every queue keeps messages for 14 days', () => {
    template.allResourcesProperties('AWS::SQS::Queue', { MessageRetentionPeriod: 1_209_600 });
  });

  it('every function fails only the part of a batch that failed', () => {
    template.resourceCountIs('AWS::Lambda::EventSourceMapping', CALLED.length);
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

  it('a change of the policy is told from the table itself, or is kept in a queue', () => {
    template.hasResourceProperties('AWS::Lambda::EventSourceMapping', {
      EventSourceArn: { 'Fn::GetAtt': [Match.stringLikeRegexp('^StoresSettings'), 'StreamArn'] },
      StartingPosition: 'TRIM_HORIZON',
      DestinationConfig: {
        OnFailure: { Destination: { 'Fn::GetAtt': [Match.stringLikeRegexp('^AnnounceFailed'), 'Arn'] } },
      },
    });
  });

  it('what they cannot do is kept whole in a bucket, and told to a queue', () => {
    const buckets = Object.entries(template.findResources('AWS::S3::Bucket'));
    expect(buckets).toHaveLength(2);
    for (const [id, { Properties, DeletionPolicy }] of buckets) {
      expect(DeletionPolicy).toBe('Retain');
      expect(Properties.NotificationConfiguration).toEqual({
        EventBridgeConfiguration: { EventBridgeEnabled: true },
      });
      template.hasResourceProperties('AWS::Events::Rule', {
        EventPattern: Match.objectLike({
          'detail-type': ['Object Created'],
          detail: { bucket: { name: [{ Ref: id }] } },
        }),
        Targets: [Match.objectLike({ Arn: { 'Fn::GetAtt': [Match.stringLikeRegexp('Failed'), 'Arn'] } })],
      });
      template.hasResourceProperties('AWS::Lambda::EventSourceMapping', {
        DestinationConfig: { OnFailure: { Destination: { 'Fn::GetAtt': [id, 'Arn'] } } },
      });
    }
  });

  it('both are called for verdicts alone, not for what they note themselves', () => {
    const patterns = Object.values(
      template.findResources('AWS::Lambda::EventSourceMapping', {
        Properties: { StartingPosition: 'TRIM_HORIZON', BisectBatchOnFunctionError: true },
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

describe('a stack whose versions are released gradually', () => {
  const gradual = templateWith({ ...ALL, gradual: 'true' });

  it('passes cdk-nag', () => {
    const app = appWith({ ...ALL, gradual: 'true' });
    expect(new AwsSolutionsChecks().validateScope(app).violations).toEqual([]);
    expect(new ServerlessChecks().validateScope(app).violations).toEqual([]);
  });

  it('has each function called by an alias, to which a version comes by a tenth first', () => {
    const aliases = Object.keys(gradual.findResources('AWS::Lambda::Alias'));
    expect(aliases).toHaveLength(FUNCTIONS.length);
    const called = Object.values(
      gradual.findResources('AWS::Lambda::EventSourceMapping', {
        Properties: { FunctionName: Match.not({ Ref: Match.stringLikeRegexp('^Announce') }) },
      }),
    );
    for (const { Properties } of called)
      expect(JSON.stringify(Properties.FunctionName)).toMatch(/"Ref":"(Detect|Notify|Respond)Live.*":live"/);
    expect(called).toHaveLength(aliases.length);
    gradual.allResourcesProperties('AWS::CodeDeploy::DeploymentGroup', {
      DeploymentConfigName: 'CodeDeployDefault.LambdaCanary10Percent5Minutes',
    });
  });

  it('takes a version back when its function fails, or detect fails at records', () => {
    const groups = Object.entries(gradual.findResources('AWS::CodeDeploy::DeploymentGroup'));
    expect(groups).toHaveLength(FUNCTIONS.length);
    for (const [id, { Properties }] of groups) {
      expect(Properties.AutoRollbackConfiguration.Events).toContain('DEPLOYMENT_STOP_ON_ALARM');
      const alarms = Properties.AlarmConfiguration.Alarms.map(
        ({ Name }: { Name: { Ref: string } }) => Name.Ref,
      );
      const name = id.replace('Release', '').replace(/[0-9A-F]{8}$/, '');
      const expected = name === 'Detect' ? ['ErrorsAlarm', 'FailedRecordsAlarm'] : ['ErrorsAlarm'];
      expect(alarms.map((alarm: string) => alarm.replace(/[0-9A-F]{8}$/, ''))).toEqual(
        expected.map((alarm) => `${name}${alarm}`),
      );
    }
  });

  it('is what it was where that was not asked for', () => {
    template.resourceCountIs('AWS::Lambda::Alias', 0);
    template.resourceCountIs('AWS::CodeDeploy::DeploymentGroup', 0);
  });
});

describe('least power:', () => {
  it('detect can touch its two tables, read the policy, its queue and its log, and nothing else', () => {
    expect(actionsOf('detect')).toEqual([
      'dynamodb:BatchGetItem',
      'dynamodb:BatchWriteItem',
      'dynamodb:GetItem',
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

  it('no function may do more with the policy than to read it', () => {
    const own = statements(template, 'AWS::IAM::Policy').filter(({ resources }) =>
      /StoresSettings\w+","Arn"/.test(JSON.stringify(resources)),
    );
    expect(own.map(({ owner, actions }) => [owner.replace(/Role.*/, ''), ...actions]).sort()).toEqual(
      ['Announce', 'Detect', 'Notify', 'Respond'].map((name) => [name, 'dynamodb:GetItem']),
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

  it('notify can publish, follow the stream, read verdicts and the policy and note what it told, and nothing else', () => {
    expect(actionsOf('notify')).toEqual([
      'dynamodb:BatchGetItem',
      'dynamodb:DescribeStream',
      'dynamodb:GetItem',
      'dynamodb:GetRecords',
      'dynamodb:GetShardIterator',
      'dynamodb:ListStreams',
      'dynamodb:PutItem',
      'dynamodb:Query',
      'kms:Decrypt',
      'kms:GenerateDataKey*',
      'logs:CreateLogStream',
      'logs:PutLogEvents',
      's3:ListBucket',
      's3:PutObject',
      'sns:Publish',
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
  it.each(CALLED)('%s runs on Node 24 and ARM with a log that ends', (name) => {
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

  it('detect knows the role of respond, so as not to judge its tags, and the countries when it has them', () => {
    const env = (from = template) =>
      Object.values(from.findResources('AWS::Lambda::Function'))
        .map(({ Properties }) => Properties.Environment.Variables)
        .find(({ POWERTOOLS_SERVICE_NAME }) => POWERTOOLS_SERVICE_NAME === 'launchtrail-detect');
    expect(JSON.stringify(env().OWN_ROLES)).toContain('RespondRole');
    expect(env()).toMatchObject({ COUNTRIES: './iptoasn-country.mmdb', NETWORKS: './networks.mjs' });
    expect(env(templateWith())).not.toHaveProperty('OWN_ROLES');
    expect(env(templateWith())).not.toHaveProperty('COUNTRIES');
  });
});
