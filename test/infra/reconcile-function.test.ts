import { describe, expect, it } from 'vitest';
import { ORGANISATION, statements, templateWith } from './synth.ts';

const rightsOf = (template: ReturnType<typeof templateWith>, name: string) =>
  statements(template, 'AWS::IAM::Policy').filter(({ owner }) => owner.startsWith(name));

describe.each([
  ['one account that asks for it', templateWith({ reconcile: 'true', heartbeat: 'true' }), []],
  ['an organisation', templateWith(ORGANISATION), ['sts:AssumeRole']],
])('in %s', (_, template, more) => {
  it('reconcile reads, notes what it saw and sends it to the queue, and can do nothing else', () => {
    expect(
      rightsOf(template, 'Reconcile')
        .flatMap(({ actions }) => actions)
        .sort(),
    ).toEqual(
      [
        ...more,
        'cloudtrail:LookupEvents',
        'dynamodb:BatchGetItem',
        'dynamodb:PutItem',
        'dynamodb:Query',
        'ec2:DescribeImages',
        'ec2:DescribeInstanceAttribute',
        'ec2:DescribeInstances',
        'ec2:DescribeRegions',
        'ec2:DescribeVolumes',
        'logs:CreateLogStream',
        'logs:PutLogEvents',
        'sqs:SendMessage',
      ].sort(),
    );
  });

  it('heartbeat notes beats, counts who listens and sends to the queue, and can do nothing else', () => {
    expect(
      rightsOf(template, 'Heartbeat')
        .flatMap(({ actions }) => actions)
        .sort(),
    ).toEqual([
      'dynamodb:BatchGetItem',
      'dynamodb:PutItem',
      'dynamodb:Query',
      'logs:CreateLogStream',
      'logs:PutLogEvents',
      'sns:GetTopicAttributes',
      'sqs:SendMessage',
    ]);
  });

  it.each([
    ['Reconcile', 'B#*'],
    ['Heartbeat', 'H#*'],
  ])('%s puts notes of its own sort alone', (name, keys) => {
    const puts = rightsOf(template, name).filter(({ actions }) => actions.includes('dynamodb:PutItem'));
    expect(puts.map(({ condition }) => condition)).toEqual([
      { 'ForAllValues:StringLike': { 'dynamodb:LeadingKeys': [keys] } },
    ]);
  });

  it('each begins by the hour, and what cannot begin is kept', () => {
    const schedules = Object.values(template.findResources('AWS::Events::Rule')).flatMap(
      ({ Properties: { ScheduleExpression, Targets } }) =>
        ScheduleExpression === undefined
          ? []
          : [[ScheduleExpression, Targets[0].DeadLetterConfig !== undefined]],
    );
    expect(schedules).toEqual(
      expect.arrayContaining([
        ['rate(30 minutes)', true],
        ['rate(15 minutes)', true],
      ]),
    );
  });
});

it('a stack of one account has neither where it does not ask for them', () => {
  expect(JSON.stringify(templateWith().toJSON())).not.toMatch(/launchtrail-(?:reconcile|heartbeat)/);
});
