import { setTimeout as wait } from 'node:timers/promises';
import { RESULTS } from '../../app/backtest.ts';
import { clean } from '../../core/activity/clean.ts';
import { digest } from '../../core/activity/digest.ts';
import { awsTrouble, openStack, resourcesOf } from '../redrive/stack.ts';
import { render } from '../replay/formats.ts';
import { onInterrupt } from '../replay/interrupt.ts';
import { type Asked, outcomeOf } from '../replay/outcome.ts';
import { emptyTally, summary as summaryLines } from '../replay/tally.ts';
import { openOutput, problemWriting } from '../replay/write-output.ts';
import { wrong } from '../wrong.ts';
import { type Machine, type MapProgress, machineOf } from './machine.ts';
import { resultsOf } from './results.ts';

export interface DistributedOptions extends Asked {
  readonly stack?: string;
  readonly region?: string;
  /** Name of the run; absent: one that the same question always has. */
  readonly run?: string;
  readonly output?: string;
  readonly details?: boolean;
  readonly quiet?: boolean;
  /** ms */
  readonly until?: number;
  readonly learnFrom?: number;
}

const PLACE = /^s3:\/\/([a-z0-9][a-z0-9.-]{1,61}[a-z0-9])\/?(.*)$/;
const RUN = /^[A-Za-z0-9-]{1,60}$/;
/** Waits between looks at a run, ms: it takes minutes to hours. */
const FIRST_WAIT = 1_000;
const LONGEST_WAIT = 15_000;

/**
 * A replay by the state machine of a stack: starts it, or goes on with it, waits, and prints what it has found. The run goes on by
 * itself whatever becomes of this process; the same command finds it again.
 */
export async function runDistributed(paths: readonly string[], options: DistributedOptions): Promise<number> {
  const asked = askedOf(paths, options);
  if (typeof asked === 'string') return wrong(asked);
  const problem = options.output === undefined ? undefined : await problemWriting(options.output);
  if (problem !== undefined) return wrong(problem);
  const { stack: name, bucket: trail, run, input } = asked;
  const started = performance.now();
  const say = (line: string): void => {
    if (!options.quiet) process.stderr.write(`${clean(line, 1_000)}\n`);
  };
  try {
    const stack = await openStack({
      stack: name,
      ...(options.region !== undefined && { region: options.region }),
    });
    const [found] = resourcesOf(stack, 'AWS::StepFunctions::StateMachine', /Seed/);
    const [results] = resourcesOf(stack, 'AWS::S3::Bucket', /SeedResults/);
    if (found === undefined || results === undefined)
      return wrong(`the stack has no state machine that reads a trail: deploy it with -c seedFrom=${trail}`);
    const machine = machineOf(stack.caller, found.physical);
    const reads = await machine.readsFrom();
    if (reads !== trail)
      return wrong(
        `the state machine of the stack reads ${reads ?? 'no bucket'}: deploy it with -c seedFrom=${trail}`,
      );
    const place = { bucket: results.physical, run };
    const endWatch = onInterrupt(
      () => `no longer waited for; run ${run} goes on, and the same command finds it again`,
    );
    try {
      const failed = await completed(machine, run, input, say);
      if (failed !== undefined)
        return wrong(`run ${run} failed: ${clean(failed, 500)}; the same command goes on with it`);
    } finally {
      endWatch();
    }
    const region = await stack.caller.region;
    const { summary, findings } = await resultsOf(place, region);
    const tally = emptyTally();
    Object.assign(tally, {
      files: summary.objects,
      read: summary.records,
      judged: summary.activities,
      damaged: summary.damaged + summary.unread,
    });
    const outcome = outcomeOf(findings, tally, summary.policy, options, undefined);
    process.exitCode = outcome.exit; // kept when a reader such as `head` closes the pipe
    await openOutput(options.output).write(
      await render(outcome.printed, summary.policy, {
        format: options.format,
        ...(options.details !== undefined && { details: options.details }),
        toTerminal: options.output === undefined && process.stdout.isTTY,
      }),
    );
    for (const damage of summary.damages) say(damage);
    const seconds = (performance.now() - started) / 1000;
    const coverage = [
      `policy     that of stack ${name}`,
      `results    s3://${place.bucket}/${run}/${RESULTS.ocsf}`,
    ];
    for (const line of summaryLines(tally, outcome.reported, { ...outcome, coverage, seconds })) say(line);
    return outcome.exit;
  } catch (error) {
    return wrong(awsTrouble(error, name));
  }
}

/** What is asked for, or what is wrong with it. */
function askedOf(paths: readonly string[], options: DistributedOptions) {
  const [path = '', ...more] = paths;
  const [, bucket, prefix = ''] = PLACE.exec(path) ?? [];
  if (bucket === undefined || more.length > 0)
    return '--distributed takes one place in S3, such as s3://bucket/AWSLogs/';
  const { stack, until = Number.MAX_SAFE_INTEGER, learnFrom = 0 } = options;
  if (stack === undefined) return '--distributed needs --stack, which has the state machine';
  const wanted = { from: learnFrom, until };
  const run = options.run ?? `replay-${digest([stack, bucket, prefix, `${learnFrom}`, `${until}`])}`;
  if (!RUN.test(run)) return '--run takes up to 60 letters, digits and hyphens';
  return { stack, bucket, run, input: { task: 'replay', run, prefix, wanted } };
}

/** Starts a run, or goes on with it, and waits for its end; gives the reason where it failed. */
async function completed(
  machine: Machine,
  run: string,
  input: object,
  say: (line: string) => void,
): Promise<string | undefined> {
  const before = await machine.run(run);
  if (before === undefined) {
    await machine.start(run, input);
    say(`started run ${run}`);
  } else if (before.status !== 'RUNNING' && before.status !== 'SUCCEEDED') {
    await machine.redrive(run);
    say(`goes on with run ${run}, which had ended: ${before.cause ?? before.status}`);
  } else if (before.status === 'SUCCEEDED') {
    say(`run ${run} has ended before, and what it found then is shown; --run NAME reads the trail anew`);
  }
  let told = '';
  for (let ms = FIRST_WAIT; ; ms = Math.min(ms * 2, LONGEST_WAIT)) {
    const now = await machine.run(run);
    const progress = (await machine.maps(run)).map(progressLine).join('; ');
    if (progress !== told && progress !== '') say(progress);
    told = progress;
    if (now?.status === 'SUCCEEDED') return undefined;
    if (now?.status !== 'RUNNING') return now?.cause ?? now?.status ?? 'it is gone';
    await wait(ms);
  }
}

const progressLine = ({ name, total, done, failed }: MapProgress): string =>
  `${name.toLowerCase()} ${done.toLocaleString('en-GB')} of ${total.toLocaleString('en-GB')} objects${failed > 0 ? `, ${failed.toLocaleString('en-GB')} failed` : ''}`;
