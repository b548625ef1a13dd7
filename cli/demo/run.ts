import { parse } from 'valibot';
import { detect } from '../../app/detect.ts';
import { findingsIn } from '../../app/findings-in.ts';
import type { FindingRecord } from '../../core/findings/finding.ts';
import { type Policy, PolicySchema } from '../../core/policy/policy.ts';
import type { AttackName } from '../../simulate/attacks/catalogue.ts';
import { type Organisation, organisation } from '../../simulate/organisation.ts';
import { sorted } from '../../tell/sorted.ts';
import { EXIT } from '../exit.ts';
import { openNetworks } from '../replay/networks.ts';
import { openStores } from '../replay/stores.ts';
import { table } from '../replay/table.ts';
import { countOutcomes, emptyTally, summary, type Tally } from '../replay/tally.ts';
import { type DemoFinding, explained, hiddenAndFound, nextSteps, opening } from './story.ts';

/** Long enough for the learning period of ten days and a few days after it. */
const DAYS = 14;
/** The first record is a Wednesday's, so that the attack falls on a Monday among everybody's work. */
const START = '2026-09-02';
/** The thirteenth day, counted from 0. */
const ATTACK_DAY = 12;
const ACCOUNTS = 3;
const BATCH = 200;

/** Shows the demo; gives the exit code. */
export async function runDemo(attack: AttackName, seed: number): Promise<number> {
  const started = performance.now();
  const print = (text: string): void => {
    process.stdout.write(`${text}\n`);
  };
  const made = organisation({
    seed,
    accounts: ACCOUNTS,
    days: DAYS,
    start: START,
    attacks: [{ name: attack, day: ATTACK_DAY }],
    // a drill once a fortnight would be as new in two weeks as the attack
    rare: false,
  });
  const policy = demoPolicy(made);
  print(opening(made, { days: DAYS, start: START }));
  const { findings, tally } = await judgeAll(made, policy);
  const seconds = (performance.now() - started) / 1000;

  const shown = sorted(findings.filter(({ severity }) => severity !== 'low'));
  const low = findings.length - shown.length;
  const colours = process.stdout.isTTY && process.stdout.hasColors();
  print(table(shown, policy, { width: process.stdout.columns ?? 120, colours }));
  const [label] = made.labels;
  const hostile = new Set(label?.eventIDs);
  const top = topOf(shown, hostile);
  if (top !== undefined) print(explained(top.finding, policy));
  if (label !== undefined) print(hiddenAndFound(label, top));
  const hidden = low === 0 ? [] : [`${low} low ones not printed: context for a hunt`];
  for (const line of summary(tally, findings, { suppressed: 0, hidden, coverage: [], seconds })) {
    if (!line.startsWith('files')) print(line);
  }
  print(nextSteps(attack, seed));
  return EXIT.done;
}

/** What such an organisation would write into its policy: who it is, and which tag marks data that must not leave. */
function demoPolicy({ accounts }: Organisation): Policy {
  return parse(PolicySchema, {
    organisation: { accounts: accounts.map(({ id }) => id) },
    volumeSensitivity: { tags: { 'data-classification': ['restricted'] } },
  });
}

/** Judges every record with the use case that runs in Lambda. */
async function judgeAll(
  made: Organisation,
  policy: Policy,
): Promise<{ findings: FindingRecord[]; tally: Tally }> {
  const stores = openStores(undefined);
  try {
    const { history, verdicts } = stores;
    const deps = { history, verdicts, policy, networks: await openNetworks({}) };
    const tally = emptyTally();
    let batch: unknown[] = [];
    const flush = async (): Promise<void> => {
      for (const error of countOutcomes(tally, await detect(deps, batch))) {
        process.stderr.write(`launchtrail: could not be judged: ${error}\n`);
      }
      batch = [];
    };
    for (const record of made.records()) {
      tally.read++;
      if (batch.push(record) === BATCH) await flush();
    }
    await flush();
    return { findings: await findingsIn(verdicts, policy), tally };
  } finally {
    stores.close();
  }
}

/** The first finding of the list, and how much of the attack is in it. */
function topOf(findings: readonly FindingRecord[], hostile: ReadonlySet<string>): DemoFinding | undefined {
  const [finding] = findings;
  if (finding === undefined) return undefined;
  return { finding, hostile: finding.members.filter(({ activity }) => hostile.has(activity.id)).length };
}
