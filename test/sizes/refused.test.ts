import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { dynamoHistory } from '../../adapters/dynamo/history.ts';
import { verdictItem } from '../../adapters/dynamo/items.ts';
import { dynamoVerdicts } from '../../adapters/dynamo/verdicts.ts';
import { detect } from '../../app/detect.ts';
import { findingsIn, verdictsIn } from '../../app/findings-in.ts';
import { definition } from '../../core/definition.ts';
import { shortenedTo } from '../../core/findings/budget.ts';
import type { Assessment, FindingRecord, Shortened } from '../../core/findings/finding.ts';
import { defaultPolicy as policy } from '../../core/policy/policy.ts';
import { itemBytes } from '../../measure/bench/counting-dynamo.ts';
import {
  activitiesOf,
  createKeyPair,
  createSnapshot,
  DAY,
  HOUR,
  launchFrom,
  openToTheWorld,
  shareSnapshot,
  TODAY,
  user,
} from '../attacks/calls.ts';
import { type CountingServer, startDynalite } from '../dynalite.ts';

const alice = user('alice');
const records = [
  ...[20, 15].map((days) => createKeyPair({ id: `known-${days}`, at: TODAY - days * DAY, by: user('bob') })),
  createSnapshot({ id: 'snapshot', at: TODAY + 12 * HOUR, by: alice }, 'vol-1', 'snap-1'),
  shareSnapshot({ id: 'share', at: TODAY + 13 * HOUR, by: alice }, 'snap-1', '999988887777'),
  launchFrom({ id: 'launch', at: TODAY + 14 * HOUR, by: alice }, 'snap-1', 'i-1', 'sg-1'),
  openToTheWorld({ id: 'opening', at: TODAY + 15 * HOUR, by: alice }, 'sg-1'),
];

/** What a finding is, without the words. */
const inShort = (findings: readonly FindingRecord[]) =>
  findings.map(({ id, severity, score, members }) => ({
    id,
    severity,
    score,
    members: members.map((member) => [member.activity.id, member.score]),
  }));

let usual: CountingServer;
beforeAll(async () => {
  usual = await startDynalite();
});
afterAll(() => usual.stop());

const bytesOf = (verdict: Assessment): number => itemBytes(verdictItem(verdict, 1));
/** Bytes by which the server's count of an item may differ from ours. */
const ROOM = 16;

/** Judges all records, twice over as a queue may deliver them: what was shortened is read back and compared. */
async function judgedInto(server: CountingServer) {
  const verdicts = dynamoVerdicts(server.client, await server.makeTable());
  const history = dynamoHistory(usual.client, await usual.makeTable());
  for (const record of [...records, ...records]) {
    const [outcome] = await detect({ history, verdicts, policy }, [record]);
    expect(outcome).toMatchObject({ status: 'judged' });
  }
  return { findings: await findingsIn(verdicts, policy), verdicts: await verdictsIn(verdicts) };
}

describe('a table that takes no verdict larger', () => {
  it.each<[string, Shortened, (whole: readonly Assessment[]) => number]>([
    ['than most', 'without behind', (whole) => Math.max(...whole.map(bytesOf)) - ROOM],
    [
      'than what says the least',
      'bare',
      (whole) => Math.max(...whole.map((verdict) => bytesOf(shortenedTo(verdict, 'bare')))) + ROOM,
    ],
  ])('%s gets some of them %s, and every record is judged', async (_, shortened, mostOf) => {
    const expected = definition(activitiesOf(records), policy);
    const whole = await judgedInto(usual);
    expect(whole.findings).toEqual(expected);
    const small = await startDynalite(mostOf(whole.verdicts) / 1024);
    try {
      const { findings, verdicts } = await judgedInto(small);
      expect(inShort(findings)).toEqual(inShort(expected));
      expect(verdicts.map((verdict) => verdict.shortened)).toContain(shortened);
    } finally {
      await small.stop();
    }
  });
});
