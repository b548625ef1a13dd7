import { beforeAll, describe, expect, it } from 'vitest';
import { tell } from '../../cli/explain/telling.ts';
import { text as explainText } from '../../cli/explain/text.ts';
import { table } from '../../cli/replay/table.ts';
import { alertText } from '../../tell/message.ts';
import { toOcsf } from '../../tell/ocsf.ts';
import { falseClaims, falseFields, storyOf } from './claims.ts';
import {
  caseFindings,
  generatedFindings,
  givenFindings,
  realFindings,
  type ToRead,
} from './findings-to-read.ts';

let all: ToRead[];

beforeAll(async () => {
  all = [...generatedFindings(), ...realFindings(), ...(await caseFindings()), ...(await givenFindings())];
}, 60_000);

/** All that the texts of some findings say and that is not so, by one way of telling. */
function problems(told: (each: ToRead) => string): string[] {
  return all.flatMap((each) =>
    falseClaims(told(each), storyOf(each.record)).map(
      (problem) => `${each.source} ${each.record.id}: ${problem}`,
    ),
  );
}

describe('what is told of findings', () => {
  it('is read of at least 500 findings of every severity', () => {
    expect(all.length).toBeGreaterThanOrEqual(500);
    expect(new Set(all.map(({ record }) => record.severity))).toEqual(
      new Set(['low', 'medium', 'high', 'critical']),
    );
  });

  it('holds in headlines', () => {
    expect(problems(({ record, policy }) => toOcsf(record, { policy }).message)).toEqual([]);
  });

  it('holds in the fields of OCSF', () => {
    const found = all.flatMap(({ source, record, policy }) =>
      falseFields(toOcsf(record, { policy }), storyOf(record)).map(
        (each) => `${source} ${record.id}: ${each}`,
      ),
    );
    expect(found).toEqual([]);
  });

  it('holds in messages', () => {
    expect(problems(({ record, policy }) => alertText(record, policy).body)).toEqual([]);
  });

  it('holds where one finding is explained', () => {
    expect(
      problems(({ record, policy }) =>
        explainText(tell(record, { context: [], lost: 0 }, policy, []).telling, 10_000),
      ),
    ).toEqual([]);
  });

  it('holds in the details of the table', () => {
    expect(
      problems(({ record, policy }) =>
        table([record], policy, { width: 10_000, colours: false, details: true })
          .split('\n')
          .slice(2)
          .map((line) => line.trim())
          .join('\n'),
      ),
    ).toEqual([]);
  });
});
