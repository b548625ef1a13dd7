import type { SingleBar } from 'cli-progress';
import { clean } from '../../core/activity/clean.ts';

/** What a run says while it works: lines, and a progress bar when standard error is a terminal. */
export interface Console {
  /** One line of text, made safe; a file name may hold anything. */
  line(text: string): void;
  progress(bytes: number, payload: { records: number; judged: number }): void;
  stop(): void;
}

/** Longest line; a path may have 4,096 characters. */
const MAX_LINE = 5_000;

/** @param total bytes of all files, 0 where unknown */
export async function openConsole(total: number): Promise<Console> {
  const write = (text: string): void => {
    process.stderr.write(text);
  };
  if (!process.stderr.isTTY) {
    return { line: (text) => write(`${clean(text, MAX_LINE)}\n`), progress: () => {}, stop: () => {} };
  }
  const { MultiBar, Presets } = await import('cli-progress');
  const bars = new MultiBar(
    {
      stream: process.stderr,
      format:
        total > 0
          ? '{bar} {percentage}% | {records} records, {judged} judged | {eta_formatted} left'
          : '{records} records, {judged} judged',
      hideCursor: true,
      clearOnComplete: true,
      gracefulExit: true,
      fps: 5,
    },
    Presets.shades_classic,
  );
  let stopped = false;
  const bar: SingleBar = bars.create(total, 0, { records: 0, judged: 0 });
  return {
    line: (text) => bars.log(`${clean(text, MAX_LINE)}\n`),
    progress: (bytes, payload) => bar.update(Math.min(Math.round(bytes), total), payload),
    stop: () => {
      // a second time it would clear what was written since
      if (!stopped) bars.stop();
      stopped = true;
    },
  };
}
