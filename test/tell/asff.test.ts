import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { FindingRecord } from '../../core/findings/finding.ts';
import { type Policy, defaultPolicy as policy } from '../../core/policy/policy.ts';
import { ASFF_LIMITS, type AsffFinding, toAsff } from '../../tell/asff.ts';
import { toOcsf } from '../../tell/ocsf.ts';
import { NOW, OTHER_ACCOUNT } from '../builders.ts';
import { acceleratedLaunch, arbitraryFinding, publicShare, stolenCredentials } from '../findings.ts';

const HOME = { partition: 'aws', region: 'eu-west-1', account: '111122223333' };
const asffOf = (record: FindingRecord, using: Policy = policy): AsffFinding =>
  toAsff(toOcsf(record, { policy: using }), HOME, NOW);

const within = (text: string, max: number) => {
  expect(text).not.toBe('');
  expect(text.length).toBeLessThanOrEqual(2 * max);
  expect(Array.from(text).length).toBeLessThanOrEqual(max);
  expect(text).not.toMatch(/[\p{Cc}\p{Cf}\p{Cs}]/u);
};

/** What Security Hub asks of a finding, by its documentation; moto asks for less. */
function expectTakeable(finding: AsffFinding): void {
  expect(finding.SchemaVersion).toBe('2018-10-08');
  expect(finding.AwsAccountId).toBe(HOME.account);
  expect(finding.ProductArn).toBe(
    `arn:aws:securityhub:eu-west-1:${HOME.account}:product/${HOME.account}/default`,
  );
  within(finding.Id, ASFF_LIMITS.id);
  within(finding.GeneratorId, ASFF_LIMITS.generator);
  within(finding.Title, ASFF_LIMITS.title);
  within(finding.Description, ASFF_LIMITS.description);
  within(finding.Remediation.Recommendation.Text, ASFF_LIMITS.recommendation);
  for (const at of [finding.CreatedAt, finding.UpdatedAt, finding.FirstObservedAt, finding.LastObservedAt])
    expect(at).toMatch(/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z$/);
  expect(finding.Resources.length).toBeGreaterThan(0);
  expect(finding.Resources.length).toBeLessThanOrEqual(ASFF_LIMITS.resources);
  for (const { Id, Type } of finding.Resources) {
    within(Id, ASFF_LIMITS.resourceId);
    expect(Type).toMatch(/^(Aws[A-Za-z0-9]+|Other)$/);
  }
  const fields = Object.entries(finding.ProductFields);
  expect(fields.length).toBeLessThanOrEqual(ASFF_LIMITS.fields);
  for (const [name, value] of fields) {
    within(name, ASFF_LIMITS.fieldName);
    within(value, ASFF_LIMITS.fieldValue);
  }
  const { Severity, Types } = finding.FindingProviderFields;
  expect(['INFORMATIONAL', 'LOW', 'MEDIUM', 'HIGH', 'CRITICAL']).toContain(Severity.Label);
  expect(Types.length).toBeLessThanOrEqual(ASFF_LIMITS.types);
  for (const type of Types) expect(type).toMatch(/^TTPs\/[A-Z][A-Za-z ]+\/T\d{4}(\.\d{3})?$/);
  expect(Buffer.byteLength(JSON.stringify(finding))).toBeLessThan(240_000);
}

describe('a finding in the format of Security Hub', () => {
  it('leads to the runbook, or to ATT&CK where its address is not known', () => {
    const urlOf = (docs?: string) =>
      toAsff(toOcsf(publicShare(), { policy, docs }), HOME, NOW).Remediation.Recommendation.Url;
    const docs = 'https://git.example.com/launchtrail/docs';
    expect(urlOf(docs)).toBe(`${docs}/runbook.md#public-share`);
    expect(urlOf()).toMatch(/^https:\/\/attack\.mitre\.org\//);
  });

  it('is one that Security Hub takes, whatever a record holds', () => {
    fc.assert(
      fc.property(arbitraryFinding, (record) => expectTakeable(asffOf(record))),
      { numRuns: 200 },
    );
  });

  it('says who it is, of what severity, with which resources, and how to open it', () => {
    const asff = asffOf(acceleratedLaunch());
    expect(asff).toMatchObject({
      Id: acceleratedLaunch().id,
      Title: expect.stringContaining('user/mallory launched 8 x p5.48xlarge'),
      RecordState: 'ACTIVE',
      FindingProviderFields: { Severity: { Label: 'HIGH' } },
    });
    expect(asff.Resources[0]).toMatchObject({ Type: 'AwsAccount', Id: 'AWS::::Account:111122223333' });
    expect(asff.Resources.map(({ Type }) => Type)).toContain('AwsEc2Instance');
    expect(asff.FindingProviderFields.Types).toContain('TTPs/Impact/T1496.001');
    expect(asff.ProductFields['launchtrail/explain']).toBe(`launchtrail explain ${asff.Id}`);
  });

  it('bears the account that imports it, and names the one that it is about', () => {
    const asff = asffOf({ ...stolenCredentials(), account: OTHER_ACCOUNT });
    expect(asff.AwsAccountId).toBe(HOME.account);
    expect(asff.Resources[0]?.Id).toBe(`AWS::::Account:${OTHER_ACCOUNT}`);
    expect(asff.ProductFields['launchtrail/account']).toBe(OTHER_ACCOUNT);
  });

  it.each(['merged', 'withdrawn'] as const)('is archived once it is %s', (status) => {
    const asff = asffOf({ ...publicShare(), status, ...(status === 'merged' && { into: 'lt-other' }) });
    expect(asff.RecordState).toBe('ARCHIVED');
    expect(asff.FindingProviderFields.Severity.Label).toBe('INFORMATIONAL');
    expect(asff.ProductFields['launchtrail/status']).toMatch(/lt-other|explain it/);
  });

  it('is archived while the policy suppresses it, and active without that', () => {
    const suppressing: Policy = {
      ...policy,
      suppressions: [
        { signal: 'shared-publicly', reason: 'open data', owner: 'team', expires: '2026-12-31' },
      ],
    };
    expect(asffOf(publicShare(), suppressing).RecordState).toBe('ARCHIVED');
    expect(asffOf(publicShare()).RecordState).toBe('ACTIVE');
  });

  it("touches nothing that is the analyst's", () => {
    expect(Object.keys(asffOf(publicShare()))).not.toEqual(
      expect.arrayContaining([
        expect.stringMatching(/^(Workflow|Note|UserDefinedFields|VerificationState)$/),
      ]),
    );
  });
});
