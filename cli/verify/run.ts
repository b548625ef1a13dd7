import { setTimeout as sleep } from 'node:timers/promises';
import { EXIT } from '../exit.ts';
import { reasonOf } from '../input/damage.ts';
import { awsTrouble, openStack } from '../redrive/stack.ts';
import { wrong } from '../wrong.ts';
import type { Link } from './link.ts';
import { chainOf } from './links.ts';
import { openWatch } from './watch.ts';

export interface VerifyOptions {
  readonly stack: string;
  readonly region?: string;
  /** Seconds. */
  readonly wait: string;
  readonly launch: boolean;
}

/** How long until a link is asked again, ms. */
const PAUSE_MS = 2_000;

/** Asks one link after the other. A broken one does not end it: what stands behind it may be broken, too. */
export async function runVerify(options: VerifyOptions): Promise<number> {
  const wait = Number(options.wait) * 1000;
  if (!(wait > 0)) return wrong(`--wait takes a number of seconds, not '${options.wait}'`);
  let broken = 0;
  try {
    const stack = await openStack(options);
    const watch = await openWatch(stack);
    try {
      for (const link of chainOf(stack, watch, options.launch))
        broken += (await isBroken(link, wait)) ? 1 : 0;
    } finally {
      watch.close();
    }
  } catch (error) {
    return wrong(awsTrouble(error, options.stack));
  }
  process.stderr.write(broken === 0 ? 'every link holds\n' : `${broken} broken\n`);
  return broken === 0 ? EXIT.done : EXIT.damaged;
}

async function isBroken({ name, holds, remedy }: Link, wait: number): Promise<boolean> {
  const until = Date.now() + wait;
  let why = `nothing within ${wait / 1000} s`;
  try {
    do {
      const found = await holds();
      if (found !== undefined) {
        process.stdout.write(`ok      ${name}: ${found}\n`);
        return false;
      }
      await sleep(Math.min(PAUSE_MS, wait));
    } while (Date.now() < until);
  } catch (error) {
    why = reasonOf(error);
  }
  process.stdout.write(`BROKEN  ${name}: ${why}\n        ${remedy}\n`);
  return true;
}
