import type { Event } from '../../app/told.ts';
import type { FindingRecord } from '../../core/findings/finding.ts';
import type { Policy } from '../../core/policy/policy.ts';

export const FORMATS = ['table', 'ocsf', 'json', 'csv', 'markdown', 'sarif'] as const;
export type Format = (typeof FORMATS)[number];

/** Formats for people: LOW is context for a hunt and what the policy suppresses is not for them. */
export const forPeople = (format: Format): boolean => format === 'table' || format === 'markdown';

/**
 * Each format is loaded only where it is asked for.
 *
 * @param events of findings what is new since the run before, where one is known
 */
export async function render(
  findings: readonly FindingRecord[],
  policy: Policy,
  {
    format,
    details = false,
    toTerminal,
    events,
  }: {
    format: Format;
    details?: boolean;
    toTerminal: boolean;
    events?: ReadonlyMap<string, Event> | undefined;
  },
): Promise<Iterable<string>> {
  switch (format) {
    case 'ocsf':
      return (await import('./render.ts')).ocsfLines(findings, policy);
    case 'json':
      return (await import('./render.ts')).jsonArray(findings, policy);
    case 'csv':
      return (await import('./csv.ts')).csvLines(findings, policy);
    case 'markdown':
      return (await import('./markdown.ts')).markdown(findings, policy);
    case 'sarif':
      return (await import('./sarif.ts')).sarif(findings, policy, events);
    case 'table': {
      // measuring the width of text takes a fifth of the time of a short run to load
      const { table } = await import('./table.ts');
      return [
        table(findings, policy, {
          details,
          width: toTerminal ? process.stdout.columns : 120,
          colours: toTerminal && process.stdout.hasColors(),
        }),
      ];
    }
  }
}
