import { createReadStream } from 'node:fs';
import { createInterface } from 'node:readline';
import { openNetworks } from '../../cli/replay/networks.ts';
import { fromCloudTrail } from '../../core/records/cloudtrail/cloudtrail.ts';
import { connectDynamo } from '../../test/dynalite.ts';
import { policyOf } from '../../test/given-organisations.ts';
import { countingDynamo } from './counting-dynamo.ts';
import { judging, peakMb } from './judge.ts';
import { metered, type Used } from './meter.ts';
import { storesIn, type Tables } from './stores.ts';

/** A function of Lambda takes this many messages at a time. */
const BATCH = 10;

export interface LambdaJob {
  readonly job: 'lambda';
  /** Whose policy it is. */
  readonly name: string;
  /** Records as lines of JSON: those that warm the history up, then as many measured singly and as many measured in tens. */
  readonly file: string;
  readonly warmUp: number;
  readonly measured: number;
  /** Where a DynamoDB answers and its tables; absent: a table in the memory of this process that counts. */
  readonly server?: { readonly endpoint: string; readonly history: string; readonly findings: string };
}

/** What judging one batch took. */
export interface Spent extends Used {
  readonly judged: number;
  readonly ms: number;
  /** What the batch was about: `kind (action)`, and the record's id where it was one. */
  readonly about: string;
}

export interface LambdaResult {
  readonly singly: readonly Spent[];
  readonly inTens: readonly Spent[];
  /** Longest `detect` of all, also of those that warm the history up, ms; processor time of the whole, s; memory, MB. */
  readonly longest: number;
  readonly cpu: number;
  readonly mb: number;
}

/** Judges records in order of delivery as the function of Lambda does: the DynamoDB stores, ten at a time or singly. */
export async function spendInLambda(job: LambdaJob): Promise<LambdaResult> {
  const { client, used } = metered(
    job.server === undefined ? countingDynamo().client : connectDynamo(job.server.endpoint).client,
  );
  const tables: Tables = {
    client,
    history: job.server?.history ?? 'history',
    findings: job.server?.findings ?? 'findings',
  };
  const deps = { ...storesIn(tables), policy: await policyOf(job.name), networks: await openNetworks({}) };
  const judge = judging(deps);
  const [singly, inTens]: [Spent[], Spent[]] = [[], []];
  const spend = async (batch: readonly unknown[], spent?: Spent[]): Promise<void> => {
    used();
    const started = performance.now();
    const judged = await judge.records(batch);
    const ms = performance.now() - started;
    if (judged > 0) spent?.push({ ...used(), judged, ms, about: aboutOf(batch) });
  };

  let count = 0;
  const waiting: unknown[] = [];
  for await (const line of createInterface({ input: createReadStream(job.file) })) {
    const single = count >= job.warmUp && count < job.warmUp + job.measured;
    const spent = count < job.warmUp ? undefined : single ? singly : inTens;
    count++;
    waiting.push(JSON.parse(line));
    if (single || waiting.length === BATCH || count === job.warmUp) await spend(waiting.splice(0), spent);
  }
  if (waiting.length > 0) await spend(waiting, inTens);
  const { user, system } = process.cpuUsage();
  return { singly, inTens, longest: judge.longest(), cpu: (user + system) / 1e6, mb: peakMb() };
}

function aboutOf(batch: readonly unknown[]): string {
  const kinds = new Map<string, number>();
  for (const record of batch) {
    const normalised = fromCloudTrail(record, { ownRoles: [] });
    const { eventName, eventID } = record as { eventName: string; eventID: string };
    const kind = normalised.ok ? normalised.activity.kind : normalised.reason;
    const name = `${kind} (${eventName})${batch.length === 1 ? ` ${eventID}` : ''}`;
    kinds.set(name, (kinds.get(name) ?? 0) + 1);
  }
  return [...kinds].map(([name, times]) => (times === 1 ? name : `${times} × ${name}`)).join(', ');
}
