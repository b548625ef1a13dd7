import { afterAll, beforeAll, expect, it } from 'vitest';
import { definition } from '../../core/definition.ts';
import { defaultPolicy as policy } from '../../core/policy/policy.ts';
import {
  activitiesOf,
  createKeyPair,
  createSnapshot,
  DAY,
  guard,
  HOUR,
  session,
  shareSnapshot,
  TODAY,
  user,
} from './calls.ts';
import { builtDetect, byId, startDetect } from './detect.ts';
import { judgedElsewhere } from './judged-elsewhere.ts';

let built: Awaited<ReturnType<typeof builtDetect>>;
beforeAll(async () => {
  built = await builtDetect();
});
afterAll(() => built[Symbol.asyncDispose]());

const ACTORS = 10_000;
const TIMES = 10;
const MINUTE = 60_000;

const ordinary = [20, 15].map((days) =>
  createKeyPair({ id: `known-${days}`, at: TODAY - days * DAY, by: user('bob') }),
);
/** As many actors as one role makes by other names of its sessions. */
const actors = Array.from({ length: ACTORS }, (_, index) =>
  createKeyPair({ id: `actor-${index}`, at: TODAY + index * 3_000, by: session(`p${index}@example.com`) }),
);
/** Some of them share after the guard was switched off, and this is told before that is. */
const shares = Array.from({ length: 20 }, (_, index) => {
  const by = session(`p${index * 499}@example.com`);
  return shareSnapshot(
    { id: `share-${index}`, at: TODAY + 12 * HOUR + index * MINUTE, by },
    `snap-${index}`,
    '999988887777',
  );
});
const admin = user('admin');
const toggles = Array.from({ length: TIMES }, (_, index) => [
  guard({ id: `off-${index}`, at: TODAY + 10 * HOUR + 2 * index * MINUTE, by: admin }, false),
  guard({ id: `on-${index}`, at: TODAY + 10 * HOUR + (2 * index + 1) * MINUTE, by: admin }, true),
]);
/** Records of others that come with these. */
const mates = Array.from({ length: TIMES }, (_, index) =>
  createSnapshot(
    { id: `mate-${index}`, at: TODAY + 11 * HOUR + index * MINUTE, by: user(`mate${index % 4}`) },
    `vol-${index}`,
    `snap-${index}`,
  ),
);

it('a guardrail switched off and on again ten times among ten thousand actors harms nobody', async () => {
  await using detect = await startDetect(built.file);
  await judgedElsewhere(detect, [...ordinary, ...actors, ...shares]);
  const messages = toggles.flatMap((both, index) => [both, mates[index] ?? []]);
  // two seconds of work at a time, which is a tenth of what asking everybody takes
  await detect.deliver(messages, 17_000);

  console.log('guardrail:', detect.figures());
  const found = await detect.findings();
  const all = activitiesOf([...ordinary, ...actors, ...shares, ...messages.flat()]);
  expect(found).toEqual(byId(definition(all, policy)));
  const members = found.flatMap((finding) => finding.members);
  const guarded = members.filter(({ evidence }) =>
    evidence.some(({ signal }) => signal === 'guardrail-disabled-before'),
  );
  expect(guarded).toHaveLength(shares.length);
  expect(members.filter(({ activity: { id } }) => id.startsWith('mate-'))).toHaveLength(mates.length);
  expect(detect.dead).toEqual([]);
  expect(detect.calls.length).toBeGreaterThan(5);
  expect(detect.most().mb).toBeLessThan(256);
}, 180_000);
