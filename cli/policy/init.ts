import { access, writeFile } from 'node:fs/promises';
import { EXIT } from '../exit.ts';
import { findFiles } from '../input/find-files.ts';
import { readEvents, readyWorkers } from '../read-events.ts';
import { nothingUnderstood } from '../replay/others.ts';
import { countOthers, emptyTally } from '../replay/tally.ts';
import { problemWriting } from '../replay/write-output.ts';
import { wrong } from '../wrong.ts';
import { firstPolicy, nothingSeen, see } from './first-policy.ts';

/** Reads records and writes a first policy of what they show; never over a file that is there. */
export async function initPolicy(paths: readonly string[], output: string): Promise<number> {
  if (output !== '-') {
    const there = await access(output).then(
      () => true,
      () => false,
    );
    if (there)
      return wrong(`${output} is there already; name another file with --output, or - to look at it first`);
    const problem = await problemWriting(output);
    if (problem !== undefined) return wrong(problem);
  }
  const { ready, soFar } = readyWorkers({});
  const found = await findFiles(paths, { soFar });
  const tally = emptyTally();
  tally.damaged += found.damages.length;
  const seen = nothingSeen();
  for await (const reading of readEvents(found.files, { ready })) {
    tally.files += reading.files;
    tally.read += reading.records;
    tally.damaged += reading.damaged;
    countOthers(tally, reading);
    for (const activity of reading.activities) see(seen, activity);
  }
  const nothing = nothingUnderstood(
    tally,
    found.files.every(({ path }) => path === '-'),
  );
  if (nothing !== undefined) return wrong(...nothing);
  if (seen.accounts.size === 0)
    return wrong('none of the records is of a kind that is watched, so nothing is known of your accounts');
  if (output === '-') process.stdout.write(firstPolicy(seen));
  else await writeFile(output, firstPolicy(seen), { flag: 'wx' });
  if (output !== '-')
    process.stdout.write(
      `${output}: written; look at what is commented out, then launchtrail policy check ${output}\n`,
    );
  return tally.damaged > 0 ? EXIT.damaged : EXIT.done;
}
