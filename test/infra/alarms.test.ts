import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { ORGANISATION, templateWith } from './synth.ts';

const ALL = { response: 'tag', alertEmail: 'security@example.com' };
const template = templateWith(ALL);
/** All that can be switched on. */
const EVERYTHING = {
  ...ALL,
  ...ORGANISATION,
  chat: 'true',
  securityHub: 'true',
  findingsBus: 'true',
  heartbeat: 'true',
  googleAudience: 'https://push.example.com',
  googleSender: 'push@example-project.iam.gserviceaccount.com',
};

interface Metric {
  readonly Expression?: string;
  readonly MetricStat?: { readonly Metric: { readonly MetricName: string; readonly Dimensions: object[] } };
}
interface Properties {
  readonly AlarmDescription: string;
  readonly MetricName?: string;
  readonly Dimensions?: object[];
  readonly Metrics?: readonly Metric[];
  readonly Threshold: number;
  readonly TreatMissingData: string;
  readonly EvaluationPeriods: number;
  readonly Period?: number;
}

const alarmsOf = (from = template): Properties[] =>
  Object.values(from.findResources('AWS::CloudWatch::Alarm')).map((alarm) => alarm.Properties);
const alarms = alarmsOf();

/** Names of the metrics that an alarm looks at. */
const metricsOf = ({ MetricName, Metrics = [] }: Properties): string[] => [
  ...(MetricName === undefined ? [] : [MetricName]),
  ...Metrics.flatMap(({ MetricStat }) => MetricStat?.Metric.MetricName ?? []),
];
const watching = (name: string): Properties[] => alarms.filter((alarm) => metricsOf(alarm).includes(name));

/** Logical ids that an alarm is about. */
const about = ({ Dimensions = [], Metrics = [] }: Properties): string[] => {
  const text = JSON.stringify([Dimensions, Metrics]);
  return [...text.matchAll(/"(?:Fn::GetAtt":\["|Ref":")(\w+)"/g)].map(([, id = '']) => id);
};
const ids = (type: string): string[] => Object.keys(template.findResources(type)).sort();
const covered = (name: string): string[] => [...new Set(watching(name).flatMap(about))].sort();

describe('alarms', () => {
  it('each have an entry in docs/operations.md that their text names', () => {
    const page = readFileSync('docs/operations.md', 'utf8');
    const headings = page
      .split('\n')
      .filter((line) => line.startsWith('#'))
      .map((line) => line.replace(/^#+ /, '').toLowerCase().replaceAll(' ', '-'));
    const all = [...alarms, ...alarmsOf(templateWith(EVERYTHING))];
    expect(new Set(all.map(({ AlarmDescription }) => AlarmDescription)).size).toBeGreaterThan(50);
    for (const { AlarmDescription } of all) {
      const [, anchor] = / See docs\/operations\.md#([a-z-]+)$/.exec(AlarmDescription) ?? [];
      expect(headings).toContain(anchor);
      const step = /could not (.+?)(?: in \d attempts)?[;,].* is in the dead-letter queue/.exec(
        AlarmDescription,
      )?.[1];
      if (step !== undefined) expect(page).toContain(`*${step}*`);
      const [, name] = /^Launchtrail's (\w+) function failed/.exec(AlarmDescription) ?? [];
      if (name !== undefined) expect(page).toMatch(new RegExp(`^\\| .*\`${name}\`.* \\|`, 'm'));
    }
  });

  it('send to an address where there is one, as the functions that tell people do', () => {
    const docs = 'https://git.example.com/launchtrail/docs';
    for (const given of [EVERYTHING, { ...EVERYTHING, organisation: undefined }]) {
      const told = templateWith({ ...given, docs });
      for (const { AlarmDescription } of alarmsOf(told))
        expect(AlarmDescription).toMatch(
          / See https:\/\/git\.example\.com\/launchtrail\/docs\/operations\.md#[a-z-]+$/,
        );
      const telling = Object.values(told.findResources('AWS::Lambda::Function')).filter(
        ({ Properties }) => Properties.Environment?.Variables?.DOCS === docs,
      );
      expect(
        telling.map(({ Properties }) => Properties.Environment.Variables.POWERTOOLS_SERVICE_NAME).sort(),
      ).toEqual(['launchtrail-announce', 'launchtrail-notify']);
    }
  });

  it('have what the quota of CloudWatch takes for a description: 1,024 characters', () => {
    for (const { AlarmDescription } of alarms) expect(AlarmDescription.length).toBeLessThanOrEqual(1024);
  });

  const deadLetters = Object.entries(template.findResources('AWS::SQS::Queue'))
    .filter(([, { Properties }]) => Properties.RedrivePolicy === undefined)
    .map(([id]) => id)
    .sort();

  it('tell of each dead-letter queue when it grows, whether or not it was empty, and once for each time', () => {
    expect(deadLetters.length).toBeGreaterThanOrEqual(6);
    expect(covered('ApproximateNumberOfMessagesVisible')).toEqual(deadLetters);
    for (const alarm of watching('ApproximateNumberOfMessagesVisible')) {
      expect(metricsOf(alarm)).toContain('ApproximateNumberOfMessagesNotVisible');
      const expressions = alarm.Metrics?.flatMap(({ Expression }) => Expression ?? []);
      expect(expressions).toEqual(['DIFF(FILL(visible, 0) + FILL(hidden, 0))']);
      expect(alarm.Threshold).toBe(1);
    }
  });

  it('tell of each dead-letter queue before its oldest message is deleted', () => {
    const ages = watching('ApproximateAgeOfOldestMessage').filter(({ Threshold }) => Threshold > 86_400);
    expect(ages.flatMap(about).sort()).toEqual(deadLetters);
    for (const { Threshold } of ages) expect(Threshold).toBeLessThan(14 * 86_400);
  });

  it('tell when the queue of records is more than 15 minutes behind', () => {
    const [behind, ...others] = watching('ApproximateAgeOfOldestMessage').filter(
      ({ Threshold }) => Threshold < 86_400,
    );
    expect(others).toEqual([]);
    expect(behind).toMatchObject({ Threshold: 900 });
  });

  it('tell of each function that fails or is throttled, and of each follower that is late or loses something', () => {
    const functions = ids('AWS::Lambda::Function');
    expect(covered('Errors')).toEqual(functions);
    expect(covered('Throttles')).toEqual(functions);
    const followers = functions.filter((id) => /^(Notify|Respond)/.test(id));
    expect(followers).toHaveLength(2);
    expect(covered('IteratorAge')).toEqual(followers);
    expect(covered('DestinationDeliveryFailures')).toEqual(followers);
  });

  it('tell of each table that is throttled and of each topic that does not deliver', () => {
    expect(covered('ReadThrottleEvents')).toEqual(ids('AWS::DynamoDB::Table'));
    expect(covered('WriteThrottleEvents')).toEqual(ids('AWS::DynamoDB::Table'));
    expect(watching('NumberOfNotificationsFailed')).toHaveLength(ids('AWS::SNS::Topic').length);
  });

  it('tell of records that fail before they are dead letters', () => {
    expect(watching('FailedRecords')).toHaveLength(1);
  });

  it('take silence for a failure where records should come, and for health everywhere else', () => {
    const breaching = alarms.filter(({ TreatMissingData }) => TreatMissingData === 'breaching');
    expect(breaching.map(metricsOf)).toEqual([['NumberOfMessagesSent']]);
    expect(breaching[0]).toMatchObject({ Period: 3600, EvaluationPeriods: 24, Threshold: 1 });
    const [sooner] = alarmsOf(templateWith({ silenceHours: 2 })).filter(
      ({ TreatMissingData }) => TreatMissingData === 'breaching',
    );
    expect(sooner).toMatchObject({ EvaluationPeriods: 2, ComparisonOperator: 'LessThanThreshold' });
  });
});
