import { createWriteStream } from 'node:fs';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { constants, createGzip } from 'node:zlib';
import {
  ORGANISATIONS,
  ORGANISATIONS_HINT,
  organisationNames,
  recordsFile,
} from '../../test/given-organisations.ts';
import type { OrganisationJob, Reached, Replayed } from './organisation-job.ts';
import type { Print } from './print.ts';
import { runApart } from './run-apart.ts';
import { linesOf, twice } from './twice.ts';

const DAYS = 30;

/** Prints what replays of the given organisations take: each for a month, and for that month twice. */
export async function benchOrganisations(
  { line, row }: Print,
  limitSeconds: number,
  only?: string,
): Promise<void> {
  line();
  if (ORGANISATIONS === undefined) return line(`Organisations: skipped, ${ORGANISATIONS_HINT}`);
  line(
    `Organisations, all records watched, memory store, batches of 200; ${DAYS} days, then the same again; at most ${limitSeconds} CPU s each`,
  );
  row('', 'judged', 'seconds', 'judged/s', 'CPU s', 'judged/CPU s', 'longest, ms', 'MB');
  const speeds = new Map<string, number>();
  const folder = await mkdtemp(join(tmpdir(), 'launchtrail-bench-'));
  try {
    for (const name of only === undefined ? organisationNames() : [only]) {
      const file = join(folder, `${name}.jsonl.gz`);
      const border = await writeTwice(name, file);
      const job: OrganisationJob = { job: 'organisation', name, file, border, limitSeconds };
      const { half, end, done, findings } = await runApart<Replayed>(job, 'program');
      await rm(file);
      const told = (label: string, { judged, seconds, cpu, longest, mb }: Reached): void =>
        row(
          label,
          judged.toLocaleString('en-GB'),
          seconds.toFixed(1),
          (judged / seconds).toFixed(0),
          cpu.toFixed(1),
          (judged / cpu).toFixed(0),
          longest.toFixed(0),
          String(mb),
        );
      if (half !== undefined) {
        told(`${name}, ${DAYS} days`, half);
        speeds.set(name, half.judged / half.cpu);
      }
      told(done ? `${name}, ${2 * DAYS} days, ${findings} findings` : `${name}, stopped on ${end.day}`, end);
      if (half !== undefined && done)
        row(
          '  times the first half',
          '',
          (end.seconds / half.seconds).toFixed(2),
          '',
          (end.cpu / half.cpu).toFixed(2),
        );
    }
    const all = [...speeds.values()];
    if (all.length > 1)
      row(
        `slowest against fastest of ${all.length}`,
        '',
        '',
        (Math.max(...all) / Math.min(...all)).toFixed(2),
      );
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

/** Writes an organisation twice over; gives the time, ms, at which it begins again. */
async function writeTwice(name: string, file: string): Promise<number> {
  const lines = linesOf(recordsFile(name));
  function* chunks(): Generator<string> {
    let chunk: string[] = [];
    for (const each of twice(lines, DAYS)) {
      chunk.push(each);
      if (chunk.length === 500) {
        yield `${chunk.join('\n')}\n`;
        chunk = [];
      }
    }
    yield `${chunk.join('\n')}\n`;
  }
  await pipeline(
    Readable.from(chunks()),
    createGzip({ level: constants.Z_BEST_SPEED }),
    createWriteStream(file),
  );
  const times = lines.map((each) => Date.parse(JSON.parse(each).eventTime));
  return times.reduce((a, b) => Math.min(a, b)) + DAYS * 86_400_000;
}
