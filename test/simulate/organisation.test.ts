import { describe, expect, it } from 'vitest';
import { ATTACK_NAMES } from '../../simulate/attacks/catalogue.ts';
import { organisation } from '../../simulate/organisation.ts';
import type { TrailRecord } from '../../simulate/trail-record.ts';

const lines = (records: Iterable<TrailRecord>): string[] =>
  [...records].map((record) => JSON.stringify(record));
const small = { seed: 7, accounts: 3, days: 14, noise: 1 } as const;

describe('a generated organisation', () => {
  it('is the same, byte for byte, for the same seed', () => {
    const options = {
      ...small,
      attacks: ATTACK_NAMES,
      defects: ['duplicates', 'disorder', 'late', 'addenda'],
    } as const;

    const first = organisation(options);
    const second = organisation(options);

    expect(lines(second.records())).toEqual(lines(first.records()));
    expect(second.labels).toEqual(first.labels);
  });

  it('can be read twice and tells the same both times', () => {
    const made = organisation(small);

    expect(lines(made.records())).toEqual(lines(made.records()));
  });

  it('differs from seed to seed', () => {
    const ids = (seed: number): string[] =>
      [...organisation({ ...small, seed }).records()].map(({ eventID }) => eventID);

    const first = new Set(ids(1));

    expect(ids(2).filter((id) => first.has(id))).toEqual([]);
  });

  it('never gives two records one id', () => {
    const ids = [...organisation({ ...small, attacks: ATTACK_NAMES }).records()].map(
      ({ eventID }) => eventID,
    );

    expect(new Set(ids).size).toBe(ids.length);
  });

  it('comes in order of time', () => {
    const times = [...organisation({ ...small, attacks: ATTACK_NAMES }).records()].map(
      ({ eventTime }) => eventTime,
    );

    expect(times).toEqual(times.toSorted());
    expect(times[0]).toMatch(/^2026-09-07T/);
  });

  it('keeps every benign record as it was when attacks are added', () => {
    const without = lines(organisation(small).records());
    const withAttacks = organisation({ ...small, attacks: ['gpu-miner', 'root-launch'] });
    const hostile = new Set(withAttacks.labels.flatMap(({ eventIDs }) => eventIDs));

    const benign = [...withAttacks.records()].filter(({ eventID }) => !hostile.has(eventID));
    // the surroundings are as many as before, so only what the attack wrote is new
    expect(lines(benign)).toEqual(without);
  });

  it('labels what each attack wrote, and nothing that does not exist', () => {
    const made = organisation({ ...small, attacks: ATTACK_NAMES });
    const byId = new Map([...made.records()].map((record) => [record.eventID, record]));

    expect(made.labels.map(({ attack }) => attack)).toEqual(ATTACK_NAMES);
    for (const { account, accounts, principals, start, end, eventIDs, attack } of made.labels) {
      const records = eventIDs.map((id) => byId.get(id));
      expect(records, attack).not.toContain(undefined);
      expect(accounts, attack).toContain(account);
      for (const record of records) {
        expect(accounts, attack).toContain(record?.recipientAccountId);
        if (record?.userIdentity.arn) expect(principals, attack).toContain(record.userIdentity.arn);
      }
      expect([records[0]?.eventTime, records.at(-1)?.eventTime], attack).toEqual([start, end]);
      expect(eventIDs.length, attack).toBeGreaterThan(2);
    }
  });

  it('tells of each record what wrote it', () => {
    const made = organisation({ ...small, attacks: ['public-share'] });
    const hostile = new Set(made.labels.flatMap(({ eventIDs }) => eventIDs));
    const deliveries = [...made.deliveries()];

    for (const { record, routine } of deliveries) {
      expect(routine === 'public-share', routine).toBe(hostile.has(record.eventID));
    }
    for (const [eventName, routine] of [
      ['Decrypt', 'background'],
      ['CreateFleet', 'karpenter'],
      ['RunJobFlow', 'emr'],
    ]) {
      const those = deliveries.filter(({ record }) => record.eventName === eventName);
      expect(new Set(those.map((each) => each.routine)), eventName).toEqual(new Set([routine]));
    }
  });

  it('has every routine, each in the accounts it belongs to, some only from the middle on', () => {
    const made = organisation({ seed: 1, accounts: 9, days: 30, noise: 0 });
    const days = new Map<string, number[]>();
    for (const { at, routine } of made.deliveries()) {
      const seen = days.get(routine) ?? [];
      seen.push(Math.floor((at - Date.parse('2026-09-07')) / 86_400_000));
      days.set(routine, seen);
    }
    const first = (routine: string): number => Math.min(...(days.get(routine) ?? [Number.NaN]));

    const always =
      'auto-scaling batch emr jenkins karpenter lifecycle nightly-key packer spot-runners terraform vendor';
    for (const routine of ['backup', 'vault-copy', 'recovery-drill', 'people/dba', ...always.split(' ')]) {
      expect(first(routine), routine).toBeLessThan(14);
    }
    for (const routine of ['migration', 'new-region', 'people/joiner']) {
      expect(first(routine), routine).toBeGreaterThan(8);
    }
    expect(days.get('forensics')?.length).toBeGreaterThan(0);
    const migration = days.get('migration') ?? [];
    expect(Math.max(...migration) - Math.min(...migration)).toBeLessThan(15);
  });

  it('puts an attack on the day it is told', () => {
    const { labels } = organisation({ ...small, attacks: [{ name: 'public-share', day: 12 }] });

    expect(labels.map(({ start }) => start.slice(0, 10))).toEqual(['2026-09-19']);
  });

  it('leaves the learning period in peace unless told otherwise', () => {
    const { labels } = organisation({ ...small, days: 30, attacks: ATTACK_NAMES });

    for (const { start } of labels) expect(Date.parse(start)).toBeGreaterThan(Date.parse('2026-09-17'));
  });

  it('consists mostly of calls that nobody watches, as many as asked for', () => {
    const share = (noise: number): number => {
      const records = [...organisation({ ...small, noise }).records()];
      const reads = records.filter(({ readOnly }) => readOnly).length;
      return reads / records.length;
    };

    expect(share(4)).toBeGreaterThan(0.5);
    expect(share(4)).toBeGreaterThan(share(1));
  });

  it.each([1, 2, 5, 14])('stands with %i accounts, each with records of its own', (accounts) => {
    const made = organisation({ seed: 3, accounts, days: 3, noise: 1, attacks: ATTACK_NAMES });
    const seen = new Set([...made.records()].map(({ recipientAccountId }) => recipientAccountId));

    expect(made.accounts).toHaveLength(accounts);
    for (const { id } of made.accounts) expect(seen).toContain(id);
    for (const id of seen) expect(id).toMatch(/^\d{12}$/);
  });

  it('rests at weekends', () => {
    const launches = new Map<number, number>();
    for (const { eventName, eventTime, userIdentity } of organisation({ ...small, days: 28 }).records()) {
      if (eventName !== 'RunInstances' || !userIdentity.arn?.includes('AWSReservedSSO')) continue;
      const weekday = new Date(eventTime).getUTCDay();
      launches.set(weekday, (launches.get(weekday) ?? 0) + 1);
    }

    const weekend = (launches.get(0) ?? 0) + (launches.get(6) ?? 0);
    expect(weekend).toBeLessThan((launches.get(2) ?? 0) + (launches.get(3) ?? 0));
  });
});
