import { execFileSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { gunzipSync } from 'node:zlib';
import { fromColumns } from '../../tell/html/columns.ts';
import type { Details, Report } from '../../tell/html/model.ts';
import { PROGRAM } from '../bench/program.ts';

const [node = '', ...program] = PROGRAM;

/** Runs the command line in a folder. */
export const launchtrail = (folder: string, ...args: string[]): void =>
  void execFileSync(node, [...program, ...args], { cwd: folder, stdio: ['ignore', 'ignore', 'ignore'] });

/** The report of a generated month with every attack, read back out of its page. */
export function simulatedReport(folder: string): Report {
  launchtrail(folder, 'simulate', '--seed', '5', '--days', '30', '--out', 'month');
  launchtrail(folder, 'report', 'month', '--output', 'month.html', '--full');
  return reportIn(readFileSync(join(folder, 'month.html'), 'utf8'));
}

/** The report that a page was made of. */
export function reportIn(page: string): Report {
  const blocks = new Map(
    [...page.matchAll(/<script type="([^"]+)" id="data-([^"]+)">([^<]*)<\/script>/g)].map(
      ([, type, name = '', text = '']) => [
        name,
        fromColumns(
          JSON.parse(type === 'application/json' ? text : gunzipSync(Buffer.from(text, 'base64')).toString()),
        ),
      ],
    ),
  );
  const details = [...blocks].filter(([name]) => name.startsWith('details-')).flatMap(([, block]) => block);
  return {
    summary: blocks.get('summary'),
    entries: blocks.get('entries'),
    actors: blocks.get('actors'),
    details,
  } as Report;
}

const RANK = ['critical', 'high', 'medium', 'low'];

/** Ids of AWS: of records, and of what they name. */
const IDS = /[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}|(?<=-)[0-9a-f]{17}(?![0-9a-f])/g;

/** The same finding as it happens another time: every id in it is another, so that it zips no better than a new one. */
const renamed = (details: Details, round: number): Details =>
  JSON.parse(
    JSON.stringify(details).replaceAll(IDS, (id) => {
      const digits = createHash('sha256').update(`${id} ${round}`).digest('hex');
      let place = 0;
      return id.replaceAll(/[^-]/g, () => digits[place++] ?? '');
    }),
  );

/** A report of so many findings: those of another one after the other, with ids and days of their own, most severe first. */
export function repeated({ summary, entries, actors, details }: Report, count: number): Report {
  const all = Array.from({ length: count }, (_, index) => {
    const [entry, detail] = [entries[index % entries.length], details[index % details.length]];
    const round = Math.floor(index / entries.length);
    if (entry === undefined || detail === undefined) throw new Error('there is nothing to repeat');
    const later = (iso: string): string =>
      new Date(Date.parse(iso) + (round % 60) * 86_400_000).toISOString();
    const own = renamed(detail, round);
    return {
      entry: { ...entry, id: `${entry.id}-${index}`, first: later(entry.first), last: later(entry.last) },
      detail: { ...own, story: own.story.map((each) => ({ ...each, at: later(each.at) })) },
    };
  }).sort((a, b) => RANK.indexOf(a.entry.severity) - RANK.indexOf(b.entry.severity));
  const totals = { low: 0, medium: 0, high: 0, critical: 0 };
  for (const { entry } of all) totals[entry.severity] += 1;
  return {
    summary: { ...summary, totals },
    entries: all.map(({ entry }) => entry),
    actors: count === 0 ? [] : actors,
    details: all.map(({ detail }) => detail),
  };
}
