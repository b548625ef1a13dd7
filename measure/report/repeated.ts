import { execFileSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { gunzipSync } from 'node:zlib';
import type { Report } from '../../tell/html/model.ts';
import { PROGRAM } from '../bench/program.ts';

const [node = '', ...program] = PROGRAM;

/** Runs the command line in a folder. */
export const launchtrail = (folder: string, ...args: string[]): void =>
  void execFileSync(node, [...program, ...args], { cwd: folder, stdio: ['ignore', 'ignore', 'ignore'] });

/** The report of a generated month with every attack, read back out of its page. */
export function simulatedReport(folder: string): Report {
  launchtrail(folder, 'simulate', '--seed', '5', '--days', '30', '--out', 'month');
  launchtrail(folder, 'report', 'month', '--output', 'month.html', '--full');
  const page = readFileSync(join(folder, 'month.html'), 'utf8');
  const blocks = new Map(
    [...page.matchAll(/<script type="([^"]+)" id="data-([^"]+)">([^<]*)<\/script>/g)].map(
      ([, type, name = '', text = '']) => [
        name,
        JSON.parse(type === 'application/json' ? text : gunzipSync(Buffer.from(text, 'base64')).toString()),
      ],
    ),
  );
  const details = [...blocks].filter(([name]) => name.startsWith('details-')).flatMap(([, block]) => block);
  return {
    summary: blocks.get('summary'),
    entries: blocks.get('entries'),
    actors: blocks.get('actors'),
    details,
  };
}

const RANK = ['critical', 'high', 'medium', 'low'];

/** A report of so many findings: those of another one after the other, with ids and days of their own, most severe first. */
export function repeated({ summary, entries, actors, details }: Report, count: number): Report {
  const all = Array.from({ length: count }, (_, index) => {
    const [entry, detail] = [entries[index % entries.length], details[index % details.length]];
    const round = Math.floor(index / entries.length);
    if (entry === undefined || detail === undefined) throw new Error('there is nothing to repeat');
    const later = (iso: string): string =>
      new Date(Date.parse(iso) + (round % 60) * 86_400_000).toISOString();
    const id = (text: string): string => text.replace(/[0-9a-f]{8}/, index.toString(16).padStart(8, '0'));
    return {
      entry: { ...entry, id: `${entry.id}-${index}`, first: later(entry.first), last: later(entry.last) },
      detail: {
        ...detail,
        story: detail.story.map((each) => ({ ...each, at: later(each.at), eventIds: each.eventIds.map(id) })),
      },
    };
  }).sort((a, b) => RANK.indexOf(a.entry.severity) - RANK.indexOf(b.entry.severity));
  const totals = { low: 0, medium: 0, high: 0, critical: 0 };
  for (const { entry } of all) totals[entry.severity] += 1;
  return {
    summary: { ...summary, totals },
    entries: all.map(({ entry }) => entry),
    actors,
    details: all.map(({ detail }) => detail),
  };
}
