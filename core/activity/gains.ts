import type { Activity } from './activity.ts';

/**
 * The id of a gain that an audit found: the audit is in it, so that whoever goes on with one tells the same.
 * @param found when the audit began, ms
 */
export const gainId = (id: string, found: number): string => `able-${id}-${found}`;

/** When the audit began that found a gain, ms: the gain itself has the time of the record that gave it, where one was found. */
export const foundAt = ({ id, at }: Activity): number => Number(/^able-.*-(\d+)$/.exec(id)?.[1] ?? at);
