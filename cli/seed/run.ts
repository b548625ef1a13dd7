import { dynamoHistory } from '../../adapters/dynamo/history.ts';
import { dynamoSettings } from '../../adapters/dynamo/settings.ts';
import { dynamoSilence } from '../../adapters/dynamo/silence.ts';
import { dynamoVerdicts } from '../../adapters/dynamo/verdicts.ts';
import type { DetectDeps } from '../../app/detect.ts';
import type { EventLookup } from '../../app/ports.ts';
import { silenceUntil } from '../../app/silence.ts';
import { EXIT } from '../exit.ts';
import { type Found, findFiles } from '../input/find-files.ts';
import type { Reading } from '../input/reading.ts';
import { ALWAYS, type TimeRange } from '../input/time-range.ts';
import { loadPolicy, loadPolicyOf } from '../load-policy.ts';
import { awsTrouble, openStack, resourcesOf, type Stack } from '../redrive/stack.ts';
import { openConsole } from '../replay/console.ts';
import { coverageLines, stillLearning } from '../replay/coverage.ts';
import { openNetworks } from '../replay/networks.ts';
import { replay } from '../replay/replay.ts';
import { wrong } from '../wrong.ts';
import { KEPT_MS, lookedUp } from './looked-up.ts';

export interface SeedOptions {
  readonly stack: string;
  readonly region?: string;
  /** ms */
  readonly until: number;
  readonly learnFrom?: number;
  readonly account?: readonly string[];
  /** Regions; true: that of the stack. */
  readonly lookupEvents?: true | readonly string[];
  readonly policy?: string;
  readonly jobs?: number;
  readonly countryDatabase?: string;
}

/**
 * Gives a deployment history that it has not seen itself: the detector of the desk judges the records of files, but into the tables of
 * the stack. Nobody is told of what happened before `until`. It ends in what the definition says, in whatever order live records
 * arrive meanwhile, so that whoever is interrupted begins anew.
 */
export async function runSeed(paths: readonly string[], options: SeedOptions): Promise<number> {
  const misused = misuse(paths, options, Date.now());
  if (misused !== undefined) return wrong(misused);
  const checked = await loadPolicy(options.policy);
  if (!checked.ok) return wrong(...checked.problems);
  try {
    const stack = await openStack(options);
    const tables = tablesOf(stack);
    if (tables === undefined) return wrong('the stack has no tables of Launchtrail');
    const [dynamo, document] = await Promise.all([
      import('@aws-sdk/client-dynamodb'),
      import('@aws-sdk/lib-dynamodb'),
    ]);
    const plain = new dynamo.DynamoDBClient({ region: stack.caller.region });
    const client = document.DynamoDBDocumentClient.from(plain);
    const [settings] = resourcesOf(stack, 'AWS::DynamoDB::Table', /^StoresSettings/);
    const loaded =
      settings === undefined
        ? checked
        : await loadPolicyOf(options.policy, { settings: dynamoSettings(client, settings.physical) });
    if (!loaded.ok) return wrong(...loaded.problems);
    const { policy } = loaded;
    const history = dynamoHistory(client, tables.history);
    const deps = {
      history,
      verdicts: dynamoVerdicts(client, tables.findings),
      policy,
      networks: await openNetworks(options),
    };
    const source = await sourceOf(paths, options, stack.caller.region);
    const console = await openConsole(source.size);
    try {
      // before the first verdict, for whoever tells reads it with each batch
      const silence = dynamoSilence(client, tables.findings);
      const { until, account: named } = options;
      await silence.write(silenceUntil(await silence.read(), { until, ...(named && { accounts: named }) }));
      const reading = { ...(options.jobs !== undefined && { jobs: options.jobs }), range: source.range };
      const accounts = options.account && new Set(options.account);
      const { tally } = await replay(unlisted(deps), source.found, reading, console, {
        ...(accounts && { accounts }),
        ...(source.readings && { readings: source.readings }),
      });
      console.stop();
      if (tally.read === 0) return wrong('no record was found');
      for (const line of coverageLines(tally, await stillLearning(history, tally, policy)))
        process.stderr.write(`${line}\n`);
      process.stderr.write(`seeded     ${tally.judged} of ${tally.read} records; nobody is told of them\n`);
      return tally.damaged + tally.failed > 0 ? EXIT.damaged : EXIT.done;
    } finally {
      console.stop();
      plain.destroy();
    }
  } catch (error) {
    return wrong(awsTrouble(error, options.stack));
  }
}

const REGION = /^[a-z]{2}(?:-[a-z]+)+-\d$/;

/** What of the arguments makes no sense together, in words. */
function misuse(
  paths: readonly string[],
  { until, learnFrom = ALWAYS.since, lookupEvents }: SeedOptions,
  now: number,
): string | undefined {
  if (until > now) return '--until is in the future: nobody would be told of what happens until then';
  if (learnFrom >= until)
    return '--learn-from is not before --until, so there would be nothing to learn from';
  if (lookupEvents === undefined)
    return paths.length > 0 ? undefined : 'name files or folders, or --lookup-events to ask CloudTrail';
  const strange = lookupEvents === true ? undefined : lookupEvents.find((region) => !REGION.test(region));
  if (strange !== undefined) return `--lookup-events takes Regions such as eu-west-1, not ${strange}`;
  if (paths.length > 0) return 'either files or --lookup-events: run it once for each';
  if (until <= now - KEPT_MS)
    return 'CloudTrail keeps its own history for 90 days, and --until is before that';
  return undefined;
}

/** What is read: files, or what CloudTrail keeps. */
interface Source {
  /** Bytes or ms, for the progress; 0 where unknown. */
  readonly size: number;
  readonly found: Found;
  readonly range: TimeRange;
  readonly readings?: AsyncIterable<Reading>;
}

async function sourceOf(
  paths: readonly string[],
  { until, learnFrom, lookupEvents }: SeedOptions,
  home: string,
): Promise<Source> {
  if (lookupEvents !== undefined) {
    const range = { since: Math.max(learnFrom ?? ALWAYS.since, Date.now() - KEPT_MS), until };
    const sight = await lookups(lookupEvents === true ? [home] : lookupEvents);
    const found = { files: [], ignored: 0, damages: [], notes: [] };
    return { size: range.until - range.since, found, range, readings: lookedUp(sight, range) };
  }
  const found = await findFiles(paths, { ...(learnFrom !== undefined && { since: learnFrom }), until });
  const known = found.files.every(({ plain: isPlain }) => isPlain);
  return {
    size: known ? found.files.reduce((sum, { size }) => sum + size, 0) : 0,
    found,
    range: { since: learnFrom ?? ALWAYS.since, until },
  };
}

/** CloudTrail's own history of some Regions, seen with the reader's credentials. */
async function lookups(regions: readonly string[]): Promise<Map<string, EventLookup>> {
  const [{ CloudTrailClient }, { lookupEvents }] = await Promise.all([
    import('@aws-sdk/client-cloudtrail'),
    import('../../adapters/lookup-events/lookup-events.ts'),
  ]);
  return new Map(regions.map((region) => [region, lookupEvents(new CloudTrailClient({ region }))]));
}

/** Nobody asks for the findings in the end, so their table is not read whole. */
const unlisted = (deps: DetectDeps): DetectDeps => ({
  ...deps,
  verdicts: { ...deps.verdicts, all: async function* () {} },
});

export function tablesOf(stack: Stack): { history: string; findings: string } | undefined {
  const [history] = resourcesOf(stack, 'AWS::DynamoDB::Table', /StoresHistory/);
  const [findings] = resourcesOf(stack, 'AWS::DynamoDB::Table', /StoresFindings/);
  return history && findings && { history: history.physical, findings: findings.physical };
}
