import { afterAll, beforeAll, expect, it } from 'vitest';
import { definition } from '../../core/definition.ts';
import { defaultPolicy as policy } from '../../core/policy/policy.ts';
import { activitiesOf, createKeyPair, DAY, launch, TODAY, user } from './calls.ts';
import { builtDetect, byId, startDetect } from './detect.ts';
import { judgedElsewhere } from './judged-elsewhere.ts';

let built: Awaited<ReturnType<typeof builtDetect>>;
beforeAll(async () => {
  built = await builtDetect();
});
afterAll(() => built[Symbol.asyncDispose]());

const builder = user('builder');
const LATER = 8_000;

const ordinary = [20, 15].map((days) =>
  createKeyPair({ id: `known-${days}`, at: TODAY - days * DAY, by: user('bob') }),
);
/** All day long a machine that nobody knew makes key pairs, and every so often an instance. */
const later = Array.from({ length: LATER }, (_, index) => {
  const made = { id: `later-${index}`, at: TODAY + index * 9_000, by: builder };
  return index % 100 === 0 ? launch(made, 'm7g.large', `i-${index}`) : createKeyPair(made);
});
/** Two days before it did so once already, so all day it has been nothing new. */
const late = launch({ id: 'late', at: TODAY - 2 * DAY, by: builder }, 'm7g.large', 'i-late');

it('a record older than eight thousand others of its actor is judged, and they again, a slice at a time', async () => {
  await using detect = await startDetect(built.file);
  await judgedElsewhere(detect, [...ordinary, ...later]);
  const before = await detect.findings();
  const all = activitiesOf([...ordinary, ...later, late]);
  // a second of work at a time
  await detect.deliver([late], 16_000);

  console.log('late record:', detect.figures());
  const found = await detect.findings();
  expect(found).toEqual(byId(definition(all, policy)));
  expect(found).not.toEqual(before);
  expect(detect.dead).toEqual([]);
  expect(detect.sent.length).toBeGreaterThan(2);
  expect(detect.most().mb).toBeLessThan(256);
}, 120_000);
