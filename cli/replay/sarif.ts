import type { Event } from '../../app/told.ts';
import type { FindingRecord } from '../../core/findings/finding.ts';
import type { Severity } from '../../core/findings/severity.ts';
import type { Policy } from '../../core/policy/policy.ts';
import { FINDING_TYPES } from '../../tell/finding-type.ts';
import { PRODUCT } from '../../tell/product.ts';
import { suppressedBy } from '../../tell/suppression.ts';
import { rowOf } from './row.ts';

const LEVELS = { low: 'note', medium: 'warning', high: 'error', critical: 'error' } as const satisfies Record<
  Severity,
  string
>;

/**
 * SARIF 2.1.0, which code scanning takes: a rule for each type of finding, a result for each finding. SARIF is about files, so
 * the location is the account and Region as if they were one; what happened there is the message.
 *
 * @param events of findings what is new since the run before, where one is known
 */
export function* sarif(
  findings: readonly FindingRecord[],
  policy: Policy,
  events?: ReadonlyMap<string, Event>,
): Generator<string> {
  const driver = {
    name: PRODUCT.name,
    version: PRODUCT.version,
    rules: FINDING_TYPES.map((type) => ({
      id: type,
      name: type,
      shortDescription: { text: type.replaceAll('-', ' ') },
    })),
  };
  const results = findings.map((finding) => resultOf(finding, policy, events));
  yield `${JSON.stringify(
    {
      $schema: 'https://json.schemastore.org/sarif-2.1.0.json',
      version: '2.1.0',
      runs: [{ tool: { driver }, results }],
    },
    null,
    2,
  )}\n`;
}

function resultOf(finding: FindingRecord, policy: Policy, events: ReadonlyMap<string, Event> | undefined) {
  const {
    id,
    severity,
    score,
    type,
    first,
    last,
    account,
    regions,
    who,
    what,
    signals,
    events: records,
  } = rowOf(finding, policy);
  const suppressions = suppressedBy(finding, policy);
  return {
    ruleId: type,
    ruleIndex: FINDING_TYPES.indexOf(type),
    level: LEVELS[severity],
    rank: score,
    message: { text: `${severity.toUpperCase()}: ${what}` },
    locations: regions.map((region) => ({
      physicalLocation: {
        artifactLocation: { uri: `cloudtrail/${encodeURIComponent(account)}/${encodeURIComponent(region)}` },
      },
      logicalLocations: [{ fullyQualifiedName: `${account}/${region}`, kind: 'resource' }],
    })),
    partialFingerprints: { 'finding/v1': id },
    ...(events !== undefined && { baselineState: baseline(events.get(finding.id)) }),
    // empty says that nothing suppresses it, absent that nobody knows
    suppressions: suppressions.map(({ reason }) => ({ kind: 'external', justification: reason })),
    properties: { severity, score, first, last, who, signals, records },
  };
}

const baseline = (event: Event | undefined): string =>
  event === undefined ? 'unchanged' : event === 'new' ? 'new' : 'updated';
