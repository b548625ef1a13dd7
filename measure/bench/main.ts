import { parseArgs } from 'node:util';
import { benchDesk } from './desk.ts';
import { benchOrganisations } from './organisations.ts';
import { printer } from './print.ts';
import { benchStoring } from './storing.ts';

/**
 * `npm run bench`: everything; `npm run bench -- organisations …`: the parts named.
 *
 * `--limit` are the seconds after which one replay of an organisation is stopped, and said so.
 */
const { values, positionals } = parseArgs({
  allowPositionals: true,
  options: {
    limit: { type: 'string', default: '60' },
  },
});

const narrow = printer(38, 14);
const PARTS: Readonly<Record<string, () => Promise<void>>> = {
  desk: () => benchDesk(narrow),
  storing: () => benchStoring(narrow.line, narrow.row),
  organisations: () => benchOrganisations(printer(38, 13), Number(values.limit)),
};

const unknown = positionals.filter((name) => !(name in PARTS));
if (unknown.length > 0)
  throw new Error(`no part ${unknown.join(', ')}; there are ${Object.keys(PARTS).join(', ')}`);
for (const [name, run] of Object.entries(PARTS)) {
  if (positionals.length === 0 || positionals.includes(name)) await run();
}
