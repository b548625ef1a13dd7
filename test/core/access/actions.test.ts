import { expect, it } from 'vitest';
import table from '../../../core/access/actions.json' with { type: 'json' };
import { actionTable } from '../../../measure/access/actions.ts';

it('holds the table of actions that AWS publishes, as it is when made anew', async () => {
  expect(table).toEqual(await actionTable());
});
