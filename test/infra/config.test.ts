import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import { defaultPolicy } from '../../core/policy/policy.ts';
import { configFrom } from '../../lib/config.ts';

const folder = mkdtempSync(join(tmpdir(), 'launchtrail-config-'));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

function policyFile(name: string, text: string): string {
  const path = join(folder, name);
  writeFileSync(path, text);
  return path;
}

describe('the context values', () => {
  it('all have defaults', () => {
    expect(configFrom({})).toEqual({
      response: 'off',
      policy: defaultPolicy,
      countryDatabase: false,
      retentionDays: 90,
      ingestConcurrency: 5,
      pushers: {},
      concurrency: 5,
      gradual: false,
      silenceHours: 24,
      reconcile: false,
      auditAccess: false,
      heartbeat: false,
      accountNames: false,
      chat: false,
      channels: {},
      securityHub: false,
      findingsBus: false,
    });
  });

  it('have one hour of silence be too long in an organisation, where somebody is always at work', () => {
    expect(configFrom({ organisation: 'o-a1b2c3d4e5' }).silenceHours).toBe(1);
    expect(configFrom({ organisation: 'o-a1b2c3d4e5', silenceHours: 24 }).silenceHours).toBe(24);
  });

  it('may come as text, as on the command line, or typed, as in cdk.json', () => {
    const expected = {
      response: 'tag',
      countryDatabase: true,
      retentionDays: 30,
      alertEmail: 'a@example.com',
      organisation: 'o-a1b2c3d4e5',
    };
    expect(configFrom({ ...expected, countryDatabase: 'true', retentionDays: '30' })).toMatchObject(expected);
    expect(configFrom(expected)).toMatchObject(expected);
  });

  it('leave alone what belongs to CDK or to others', () => {
    const context = { '@aws-cdk/core:checkSecretUsage': true, 'aws:cdk:bundling-stacks': [], stage: 'prod' };
    expect(() => configFrom(context)).not.toThrow();
  });

  it.each([
    [
      { response: 'tga' },
      "Context value 'response': expected off, dry-run, tag; got 'tga'. Did you mean 'tag'?",
    ],
    [{ response: 'contain' }, "Context value 'response': expected off, dry-run, tag; got 'contain'."],
    [{ respnse: 'tag' }, "Context value 'respnse': is not known. Did you mean 'response'?"],
    [{ alertemail: 'a@example.com' }, "Context value 'alertemail': is not known. Did you mean 'alertEmail'?"],
    [
      { alertEmail: 'nobody' },
      "Context value 'alertEmail': expected one e-mail address such as security@example.com; got 'nobody'.",
    ],
    [{ countryDatabase: 'yes' }, "Context value 'countryDatabase': expected true, false; got 'yes'."],
    [
      { organization: 'o-a1b2c3d4e5' },
      "Context value 'organization': is not known. Did you mean 'organisation'?",
    ],
    [
      { organisation: '111122223333' },
      "Context value 'organisation': expected the id of an AWS organisation such as o-a1b2c3d4e5; got '111122223333'. It is what `aws organizations describe-organization` calls Id.",
    ],
    [{ concurrency: '1' }, "Context value 'concurrency': expected a whole number from 2 to 1000; got '1'."],
    [
      { silenceHours: 'never' },
      "Context value 'silenceHours': expected a whole number from 1 to 24; got 'never'.",
    ],
    [
      { historyTable: 'history' },
      "Context value 'findingsStream': expected the ARN of the stream of the findings table; got 'undefined'. It is what `aws dynamodb describe-table` calls LatestStreamArn.",
    ],
    [
      { findingsStream: 'arn:aws:dynamodb:eu-west-1:111122223333:table/f/stream/2026-11-01T00:00:00.000' },
      "Context value 'historyTable': expected the name of a DynamoDB table; got 'undefined'.",
    ],
    [
      { accountNames: 'true' },
      "Context value 'accountNames': names come from an organisation: give 'organisation' as well.",
    ],
    [{ policy: 7 }, "Context value 'policy': expected the path of a YAML file; got '7'."],
  ])('%j is refused with what is allowed', (context, message) => {
    expect(() => configFrom(context)).toThrow(expect.objectContaining({ message }));
  });

  it.each([
    ['https://git.example.com/acme/launchtrail/docs/', 'https://git.example.com/acme/launchtrail/docs'],
    [
      'https://git.example.com:8443/a-b/-/blob/HEAD/docs',
      'https://git.example.com:8443/a-b/-/blob/HEAD/docs',
    ],
    ['', undefined],
    [undefined, undefined],
  ])('%j is taken as the address of docs/', (docs, expected) => {
    expect(configFrom({ docs }).docs).toBe(expected);
  });

  it.each([
    'docs',
    'http://git.example.com/docs',
    'https://x/<!here>',
    'https://x/a b',
    'https://x/d#e',
    7,
    `https://${'x'.repeat(200)}`,
  ])('%j is refused as the address of docs/', (docs) => {
    expect(() => configFrom({ docs })).toThrow(/^Context value 'docs': expected the https address/);
  });

  it('name the nearest period that CloudWatch Logs knows', () => {
    expect(() => configFrom({ retentionDays: 100 })).toThrow(
      /^Context value 'retentionDays': .* got '100'\. The nearest is 90\.$/,
    );
    expect(() => configFrom({ retentionDays: 'long' })).toThrow(/got 'long'\.$/);
    expect(() => configFrom({ retentionDays: 9999 })).toThrow(/nearest is 3653/);
  });
});

describe('the policy file', () => {
  it('is handed on with defaults and units worked out', () => {
    const path = policyFile('good.yaml', 'timeWindow: 12h\nresponse:\n  minSeverity: low\n');
    expect(configFrom({ policy: path }).policy).toEqual({
      ...defaultPolicy,
      timeWindow: 12 * 3_600_000,
      response: { minSeverity: 'low' },
    });
  });

  it('may be empty', () => {
    expect(configFrom({ policy: policyFile('empty.yaml', '# nothing yet\n') }).policy).toEqual(defaultPolicy);
  });

  it('is refused with every problem, its path and the nearest word', () => {
    const path = policyFile('bad.yaml', 'timeWindow: soon\nlearning:\n  perid: 10d\n');
    expect(() => configFrom({ policy: path })).toThrow(/bad\.yaml is not a valid policy:\n {2}/);
    expect(() => configFrom({ policy: path })).toThrow(
      /\n {2}timeWindow: .*\n {2}learning\.perid: .*`period`/,
    );
  });

  it('is refused when it cannot travel in a bundle', () => {
    const volumes = Array.from(
      { length: 6000 },
      (_, index) => `    - vol-${String(index).padStart(17, '0')}`,
    );
    const path = policyFile('huge.yaml', `volumeSensitivity:\n  volumes:\n${volumes.join('\n')}\n`);
    expect(() => configFrom({ policy: path })).toThrow(
      /huge\.yaml is too large: \d+ characters as JSON, 120000 are/,
    );
  });

  it('is refused when it cannot be read or is no YAML', () => {
    expect(() => configFrom({ policy: join(folder, 'none.yaml') })).toThrow(
      /cannot read .*none\.yaml: ENOENT/,
    );
    const path = policyFile('torn.yaml', 'learning: {period: 10d');
    expect(() => configFrom({ policy: path })).toThrow(/cannot read .*torn\.yaml: .*line 1/s);
  });
});
