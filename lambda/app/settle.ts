import type { Activity } from '../core/activity.ts';
import type { Affected } from '../core/affected.ts';
import { type Judgement, judge } from '../core/judge.ts';
import { entriesOf } from '../core/lineage/timelines.ts';
import type { Policy } from '../core/policy.ts';
import { followers, type Look, lookAround, type Stores } from './look-around.ts';

export interface SettleDeps extends Stores {
  readonly policy: Policy;
}

/** Rounds after which something is badly wrong; a chain of consequences is one round per link and rarely needs three. */
const MAX_ROUNDS = 200;

/**
 * Remembers activities and judges them and all that they change, until a look shows nothing to change.
 *
 * @param repeated see `detect`
 * @throws when a store fails
 */
export async function settle(
  deps: SettleDeps,
  arrived: readonly Activity[],
  repeated: boolean,
): Promise<void> {
  const window = deps.policy.timeWindow;
  const unique = new Map(arrived.map((activity) => [keyOf(activity), activity]));
  await deps.history.remember([...unique.values()].flatMap(entriesOf));

  let todo = unique;
  let next = new Map<string, Activity>();
  const affected: Affected[] = [];
  let refused = false;
  for (let round = 0; todo.size > 0; round += 1) {
    if (round === MAX_ROUNDS) throw new Error(`judgements did not settle in ${MAX_ROUNDS} rounds`);
    const look = await lookAround(deps, [...todo.values()], deps.policy, {
      arrived: todo === unique,
      wide: refused,
    });
    const judgement = judge([...todo.values()], look, deps.policy, repeated && todo === unique);
    const written = await write(deps, look, judgement);
    refused = !written;

    // Kept also when another worker was first: part may have been written, and would not be news at the next look.
    affected.push(...judgement.affected);
    const followed = todo === unique ? [...unique.values()].flatMap((a) => followers(look, a, window)) : [];
    for (const activity of [...judgement.again, ...look.later, ...followed])
      next.set(keyOf(activity), activity);
    if (!written) continue;

    // A finding may rest on a sheet that another worker has changed meanwhile: what was written is looked at once more.
    const rewritten = new Set(
      judgement.findings.flatMap(({ members }) => members.map((m) => keyOf(m.activity))),
    );
    for (const [key, activity] of todo) {
      if (rewritten.has(key)) next.set(key, activity);
      else next.delete(key);
    }
    for (const activity of await affectedActivities(deps, affected.splice(0)))
      next.set(keyOf(activity), activity);
    todo = next;
    next = new Map();
  }
}

const keyOf = ({ account, id }: Activity): string => `${account}#${id}`;

/** Writes what a judgement changed; false where a version had moved on. */
async function write({ history, findings }: Stores, look: Look, judgement: Judgement): Promise<boolean> {
  const saved = await Promise.all([
    ...judgement.sheets.map((sheet) => history.saveSheet(sheet, look.sheetVersions.get(sheet.scope) ?? 0)),
    ...judgement.findings.map((record) => findings.save(record, look.findingVersions.get(record.id) ?? 0)),
  ]);
  return saved.every(Boolean);
}

async function affectedActivities({ history }: Stores, affected: readonly Affected[]): Promise<Activity[]> {
  if (affected.length === 0) return [];
  const stretches = await Promise.all(
    affected.map(async ({ account, prefix, from, to }) =>
      (await history.subjects(account, prefix)).map((subject) => ({ account, subject, from, to })),
    ),
  );
  const asOf = Math.min(...affected.map(({ from }) => from));
  return (await history.stretches(stretches.flat(), asOf)).flat();
}
