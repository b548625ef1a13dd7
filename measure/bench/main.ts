import { parseArgs } from 'node:util';
import { benchAccess } from './access.ts';
import { benchDesk } from './desk.ts';
import { benchGrowth } from './growth.ts';
import { benchLambda } from './lambda-path.ts';
import { benchOrganisations } from './organisations.ts';
import { printer } from './print.ts';
import { benchStoring } from './storing.ts';

/**
 * `npm run bench`: everything; `npm run bench -- organisations …`: the parts named.
 *
 * `--limit` are the seconds of processor time after which one replay of an organisation is stopped, and said so; `--organisation`
 * names one, for this part and `lambda`. `--warm-up`, `--measured` and `--table` are for the part `lambda` (see
 * `LambdaOptions`); `--direction`, `--most`, `--most-in-memory` and `--growth-limit` for the part `growth` (see `GrowthOptions`).
 */
const { values, positionals } = parseArgs({
  allowPositionals: true,
  options: {
    limit: { type: 'string', default: '45' },
    organisation: { type: 'string' },
    'warm-up': { type: 'string', default: '3000' },
    measured: { type: 'string', default: '1500' },
    direction: { type: 'string' },
    most: { type: 'string', default: '10000' },
    'most-in-memory': { type: 'string', default: '10000' },
    'growth-limit': { type: 'string', default: '8' },
    table: { type: 'string', default: 'dynalite' },
  },
});

const narrow = printer(38, 14);
const PARTS: Readonly<Record<string, () => Promise<void>>> = {
  desk: () => benchDesk(narrow),
  access: () => benchAccess(printer(32, 15)),
  storing: () => benchStoring(narrow.line, narrow.row),
  organisations: () => benchOrganisations(printer(38, 13), Number(values.limit), values.organisation),
  lambda: () =>
    benchLambda(printer(34, 10), {
      ...(values.organisation !== undefined && { organisation: values.organisation }),
      warmUp: Number(values['warm-up']),
      measured: Number(values.measured),
      table: values.table,
    }),
  growth: () =>
    benchGrowth(printer(2, 12), {
      ...(values.direction !== undefined && { direction: values.direction }),
      most: Number(values.most),
      mostInMemory: Number(values['most-in-memory']),
      limitSeconds: Number(values['growth-limit']),
    }),
};

const unknown = positionals.filter((name) => !(name in PARTS));
if (unknown.length > 0)
  throw new Error(`no part ${unknown.join(', ')}; there are ${Object.keys(PARTS).join(', ')}`);
for (const [name, run] of Object.entries(PARTS)) {
  if (positionals.length === 0 || positionals.includes(name)) await run();
}
