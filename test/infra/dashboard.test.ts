import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { ORGANISATION, templateWith } from './synth.ts';

const [dashboard] = Object.values(templateWith(ORGANISATION).findResources('AWS::CloudWatch::Dashboard'));
const body = JSON.stringify(dashboard?.Properties.DashboardBody).replaceAll('\\', '');

describe('the dashboard', () => {
  it.each(['JudgedRecords', 'SkippedRecords', 'FailedRecords', 'DetectionLag', 'ReadUnits', 'WriteUnits'])(
    'shows %s, which detect reports',
    (name) => {
      expect(body).toContain(`"Launchtrail","${name}","service","launchtrail-detect"`);
      const reporting = readFileSync('adapters/powertools/report-outcomes.ts', 'utf8');
      expect(reporting).toContain(`metrics.addMetric('${name}',`);
    },
  );

  it('shows the middle and the slowest of a hundred, what left, what waits, and where records come from', () => {
    for (const part of [
      '"stat":"p50"',
      '"stat":"p99"',
      'NumberOfMessagesPublished',
      'ApproximateAgeOfOldestMessage',
    ])
      expect(body).toContain(part);
    expect(body).toContain("filter message = 'judged in'");
    expect(body).toContain('by account, region');
  });
});
