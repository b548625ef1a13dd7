import { SEVERITIES, type Severity } from '../lambda/core/severity.ts';

/** Whether a severity is another or worse; none at all is below LOW. */
export const atLeast = (severity: Severity | undefined, least: Severity): boolean =>
  severity !== undefined && SEVERITIES.indexOf(severity) >= SEVERITIES.indexOf(least);
