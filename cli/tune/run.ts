import type { Activity } from '../../core/activity/activity.ts';
import { byTime } from '../../core/activity/activity.ts';
import { EXIT } from '../exit.ts';
import { reasonOf } from '../input/damage.ts';
import { readEvents } from '../read-events.ts';
import { nothingUnderstood } from '../replay/others.ts';
import { type InputOptions, type Prepared, prepare } from '../replay/prepare.ts';
import { countOthers, emptyTally } from '../replay/tally.ts';
import { wrong } from '../wrong.ts';
import { simulatedAttacks } from './attacks.ts';
import { type DecisionSource, decidedIn } from './source.ts';
import { plainTuned, tunedText } from './text.ts';
import { trials } from './trial.ts';
import { tune } from './tune.ts';

export interface TuneOptions extends InputOptions, DecisionSource {
  readonly owner: string;
  readonly format: 'text' | 'json';
}

/** Judges the records by one policy after the other and prints what is proposed; gives the exit code. Writes nothing. */
export async function runTune(paths: readonly string[], options: TuneOptions): Promise<number> {
  const read = await decidedIn(options, options.policy);
  if (!read.ok) return wrong(...read.problems);
  const { chosen, decisions } = read;
  if (!chosen.ok) return wrong(...chosen.problems);
  const prepared = await prepare(paths, options);
  if (typeof prepared === 'string') return wrong(prepared);
  try {
    const { activities, problem, damaged } = await activitiesIn(prepared);
    if (problem !== undefined) return wrong(...problem);
    const tuned = await tune(activities, trials(activities, decisions, prepared.networks), {
      ...{ policy: chosen.policy, decisions, owner: options.owner },
      attacks: simulatedAttacks(),
      ...(process.stderr.isTTY && { onTry: (what: string) => void process.stderr.write(`tries ${what}\n`) }),
    });
    process.stdout.write(
      options.format === 'json' ? `${JSON.stringify(plainTuned(tuned), undefined, 2)}\n` : tunedText(tuned),
    );
    return damaged ? EXIT.damaged : EXIT.done;
  } catch (error) {
    return wrong(reasonOf(error));
  }
}

/** All activities at once, oldest first: each policy judges them anew. */
async function activitiesIn({ found, options }: Prepared): Promise<{
  readonly activities: readonly Activity[];
  readonly problem: readonly string[] | undefined;
  readonly damaged: boolean;
}> {
  const tally = emptyTally();
  tally.damaged += found.damages.length;
  const activities: Activity[] = [];
  for await (const reading of readEvents(found.files, options)) {
    tally.files += reading.files;
    tally.read += reading.records;
    tally.damaged += reading.damaged;
    countOthers(tally, reading);
    activities.push(...reading.activities);
  }
  const isInput = found.files.every(({ path }) => path === '-');
  return {
    activities: activities.sort(byTime),
    problem: nothingUnderstood(tally, isInput),
    damaged: tally.damaged > 0,
  };
}
