import type { NetworkLookup } from '../../app/ports.ts';
import type { Cloud } from '../../core/records/cloud.ts';
import { reasonOf } from '../input/damage.ts';
import { type Found, findFiles } from '../input/find-files.ts';
import { ALWAYS } from '../input/time-range.ts';
import { type ReadOptions, readyWorkers } from '../read-events.ts';
import { openNetworks } from './networks.ts';

/** How records are found and read. */
export interface InputOptions {
  readonly policy?: string;
  readonly since?: number;
  readonly learnFrom?: number;
  readonly until?: number;
  readonly cloud?: Cloud;
  readonly jobs?: number;
  readonly asnDatabase?: string;
  readonly countryDatabase?: string;
  readonly requesterPays?: boolean;
}

/** All that a run needs before it reads. */
export interface Prepared {
  readonly found: Found;
  readonly options: ReadOptions;
  readonly networks: NetworkLookup;
  /** Size of what is to be read, bytes; 0 where it is not known. */
  readonly size: number;
}

/** Finds the files and opens what judging asks; a sentence where something is wrong. */
export async function prepare(paths: readonly string[], options: InputOptions): Promise<Prepared | string> {
  if (paths.length === 0 && process.stdin.isTTY) return 'name files or folders, or - for standard input';
  const usage = problemWith(options);
  if (usage !== undefined) return usage;
  const range = {
    since: options.learnFrom ?? ALWAYS.since,
    until: options.until ?? ALWAYS.until,
    ...(options.cloud !== undefined && { cloud: options.cloud }),
  };
  const networks = await openNetworks(options).catch((error: unknown) => reasonOf(error));
  if (typeof networks === 'string') return networks;
  const reading = { ...(options.jobs !== undefined && { jobs: options.jobs }), range };
  const { ready, soFar } = readyWorkers(reading);
  const found = await findFiles(paths.length === 0 ? ['-'] : paths, {
    ...(options.learnFrom !== undefined && { since: options.learnFrom }),
    ...(options.until !== undefined && { until: options.until }),
    ...(options.requesterPays !== undefined && { requesterPays: options.requesterPays }),
    soFar,
  });
  const known = found.files.every(({ plain }) => plain);
  return {
    found,
    options: { ...reading, ready },
    networks,
    size: known ? found.files.reduce((sum, { size }) => sum + size, 0) : 0,
  };
}

function problemWith({ since, learnFrom, until }: InputOptions): string | undefined {
  const never = (option: string): string =>
    `${option} is not before --until: no record could lie between them`;
  if (until !== undefined && since !== undefined && since >= until) return never('--since');
  if (until !== undefined && learnFrom !== undefined && learnFrom >= until) return never('--learn-from');
  if (since !== undefined && learnFrom !== undefined && learnFrom > since)
    return '--learn-from is after --since: what is reported would not be read';
  return undefined;
}
