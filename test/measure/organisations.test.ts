import { describe, expect, it } from 'vitest';
import { organisationOfMake, organisationsIn } from '../../measure/evaluate/organisations.ts';
import { scoreOf, sumsOf } from '../../measure/evaluate/score.ts';
import { MAKES } from '../../simulate/makes/catalogue.ts';
import { ORGANISATIONS, ORGANISATIONS_HINT, organisationNames } from '../given-organisations.ts';

/** A seed that nothing else looks at. */
const SEED = 21;
/**
 * What each make comes to at most, needless findings per 100 account-days, when this was last written down; one more finding is
 * allowed for. A small make has few account-days, so that one finding is 2.5 in the start-up.
 */
const NEEDLESS: Readonly<Record<string, number>> = {
  'start-up': 7.5,
  enterprise: 0.5,
  provider: 1,
  data: 4,
  games: 2,
};

describe('organisations of other makes', () => {
  it.each(MAKES)(
    'finds all attacks in $name, and cries no more than when it was written down',
    async (make) => {
      const score = await scoreOf(organisationOfMake(make, SEED));
      const { recall, needless, linked } = sumsOf(score);
      expect(score.attacks.filter(({ found }) => !found)).toEqual([]);
      expect(recall).toBe(1);
      expect(linked).toBeGreaterThanOrEqual(0.85);
      expect(needless).toBeLessThanOrEqual((NEEDLESS[make.name] ?? 0) + 100 / score.accountDays);
    },
  );

  it('would be seen to find less if nothing were asked about accelerated instances', async () => {
    const games = MAKES.find(({ name }) => name === 'games');
    if (games === undefined) throw new Error('no such make');
    const organisation = organisationOfMake(games, SEED);
    const { policy } = organisation;
    const weights = { 'accelerated-launch': 0, 'launch-burst': 0 };
    const deaf = { ...organisation, policy: { ...policy, signals: { ...policy.signals, weights } } };
    expect(sumsOf(await scoreOf(deaf)).recall).toBeLessThan(1);
  });
});

describe.skipIf(ORGANISATIONS === undefined)(`the score of ${ORGANISATIONS_HINT}`, () => {
  it.each(organisationNames())(
    '%s is what the goal asks for',
    async (name) => {
      const organisations = await organisationsIn(ORGANISATIONS ?? '');
      const organisation = organisations.find((each) => each.name === name);
      if (organisation === undefined) throw new Error(`${name} has no labels`);
      const { recall, high, needless, linked } = sumsOf(await scoreOf(organisation));
      expect(recall).toBeGreaterThanOrEqual(0.95);
      expect(high).toBeGreaterThanOrEqual(0.95);
      expect(needless).toBeLessThanOrEqual(2);
      expect(linked).toBeGreaterThanOrEqual(0.9);
    },
    300_000,
  );
});
