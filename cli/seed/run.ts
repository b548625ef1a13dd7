import { dynamoHistory } from '../../adapters/dynamo/history.ts';
import { dynamoSilence } from '../../adapters/dynamo/silence.ts';
import { dynamoVerdicts } from '../../adapters/dynamo/verdicts.ts';
import type { DetectDeps } from '../../app/detect.ts';
import { silenceUntil } from '../../app/silence.ts';
import { EXIT } from '../exit.ts';
import { findFiles } from '../input/find-files.ts';
import { ALWAYS } from '../input/time-range.ts';
import { loadPolicy } from '../load-policy.ts';
import { awsTrouble, openStack, resourcesOf, type Stack } from '../redrive/stack.ts';
import { openConsole } from '../replay/console.ts';
import { coverageLines, stillLearning } from '../replay/coverage.ts';
import { openNetworks } from '../replay/networks.ts';
import { replay } from '../replay/replay.ts';
import { wrong } from '../wrong.ts';

export interface SeedOptions {
  readonly stack: string;
  readonly region?: string;
  /** ms */
  readonly until: number;
  readonly learnFrom?: number;
  readonly account?: readonly string[];
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
  const loaded = await loadPolicy(options.policy);
  if (!loaded.ok) return wrong(...loaded.problems);
  const { policy } = loaded;
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
    const history = dynamoHistory(client, tables.history);
    const deps = {
      history,
      verdicts: dynamoVerdicts(client, tables.findings),
      policy,
      networks: await openNetworks(options),
    };
    const range = { since: options.learnFrom ?? ALWAYS.since, until: options.until };
    const found = await findFiles(paths, {
      ...(options.learnFrom !== undefined && { since: options.learnFrom }),
      until: options.until,
    });
    const known = found.files.every(({ plain: isPlain }) => isPlain);
    const console = await openConsole(known ? found.files.reduce((sum, { size }) => sum + size, 0) : 0);
    try {
      // before the first verdict, for whoever tells reads it with each batch
      const silence = dynamoSilence(client, tables.findings);
      const { until, account: named } = options;
      await silence.write(silenceUntil(await silence.read(), { until, ...(named && { accounts: named }) }));
      const reading = { ...(options.jobs !== undefined && { jobs: options.jobs }), range };
      const accounts = options.account && new Set(options.account);
      const { tally } = await replay(unlisted(deps), found, reading, console, {
        ...(accounts && { accounts }),
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
