import { existsSync, readFileSync } from 'node:fs';
import { type DetectDeps, detect, detectActivities } from '../../app/detect.ts';
import type { Activity } from '../../core/activity/activity.ts';

/** Judges and keeps how long the longest `detect` took: what a worker's time limit must leave room for. */
export function judging(deps: DetectDeps): {
  records(batch: readonly unknown[]): Promise<number>;
  activities(batch: readonly Activity[]): Promise<number>;
  /** ms of the longest `detect` so far. */
  longest(): number;
} {
  let longest = 0;
  const timed = async (work: ReturnType<typeof detect>, started = performance.now()): Promise<number> => {
    const outcomes = await work;
    longest = Math.max(longest, performance.now() - started);
    const failed = outcomes.find(({ status }) => status === 'failed');
    if (failed?.status === 'failed') throw new Error(failed.error);
    return outcomes.filter(({ status }) => status === 'judged').length;
  };
  return {
    records: (batch) => {
      const started = performance.now();
      return timed(detect(deps, batch), started);
    },
    activities: (batch) => {
      const started = performance.now();
      return timed(detectActivities(deps, batch), started);
    },
    longest: () => longest,
  };
}

/**
 * Most memory that this process has taken so far (RSS), MB. Linux names in `resourceUsage` also what the process that started
 * this one took, so the status of the process itself is asked where there is one.
 */
export function peakMb(): number {
  const own = existsSync(STATUS) ? /^VmHWM:\s+(\d+) kB$/m.exec(readFileSync(STATUS, 'utf8'))?.[1] : undefined;
  return Math.round(Number(own ?? process.resourceUsage().maxRSS) / 1024);
}

const STATUS = '/proc/self/status';
