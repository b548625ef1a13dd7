import { openNetworks } from '../../cli/replay/networks.ts';
import { openStores } from '../../cli/replay/stores.ts';
import { policyOf, replayBatches } from '../../test/given-organisations.ts';
import { judging, peakMb } from './judge.ts';
import { openFindings } from './stores.ts';

export interface OrganisationJob {
  readonly job: 'organisation';
  /** Whose policy it is. */
  readonly name: string;
  readonly file: string;
  /** Time, ms, at which the second part of the records begins. */
  readonly border: number;
  /** Processor time after which it stops, s. */
  readonly limitSeconds: number;
}

/** How far a replay has come. */
export interface Reached {
  readonly judged: number;
  readonly seconds: number;
  /** Processor time of the thread that judges, s: what a busy machine leaves as it is. */
  readonly cpu: number;
  /** Day of the last record judged. */
  readonly day: string;
  readonly mb: number;
  /** Longest single `detect` (of 200 records), ms. */
  readonly longest: number;
}

export interface Replayed {
  /** Where the second part began; absent where time was up before. */
  readonly half?: Reached;
  readonly end: Reached;
  /** Whether all was judged before time was up. */
  readonly done: boolean;
  readonly findings: number;
}

/** Judges a file as `launchtrail replay` does, with the memory store, until it is done or time is up. */
export async function replayOrganisation(job: OrganisationJob): Promise<Replayed> {
  const { name, file, border, limitSeconds } = job;
  const { history, verdicts, close } = openStores(undefined);
  const deps = { history, verdicts, policy: await policyOf(name), networks: await openNetworks({}) };
  const judge = judging(deps);
  const started = performance.now();
  const secondsSoFar = (): number => (performance.now() - started) / 1000;
  const begun = process.threadCpuUsage();
  const cpuSoFar = (): number => {
    const { user, system } = process.threadCpuUsage(begun);
    return (user + system) / 1e6;
  };
  let judged = 0;
  let at = 0;
  const reached = (): Reached => ({
    judged,
    seconds: secondsSoFar(),
    cpu: cpuSoFar(),
    day: new Date(at).toISOString().slice(0, 10),
    mb: peakMb(),
    longest: judge.longest(),
  });
  let half: Reached | undefined;
  let done = true;
  for await (const batch of replayBatches(file, 2)) {
    if (half === undefined && (batch.at(-1)?.at ?? 0) >= border) half = reached();
    judged += await judge.activities(batch);
    at = batch.at(-1)?.at ?? at;
    if (cpuSoFar() > limitSeconds) {
      done = false;
      break;
    }
  }
  const found = await openFindings(deps);
  const replayed = { ...(half && { half }), end: reached(), done, findings: found.length };
  close();
  return replayed;
}
