import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, rm } from 'node:fs/promises';
import { availableParallelism, tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { writeCloudLogs } from './cloud-logs.ts';
import { PROGRAM } from './program.ts';
import { replayAll } from './replaying.ts';

/**
 * `npm run bench:replay -- --gb 2`: a replay beside `gzip -dc` in two processes (and `jq`, where there is one) over as
 * much generated trail as wanted, each after the other in the same minutes; wall and CPU seconds. `--cloud azure` and `--cloud google`
 * do the same with a log of that cloud.
 */
const { gb, noise, tries, cloud } = parseArgs({
  options: {
    gb: { type: 'string', default: '1' },
    noise: { type: 'string', default: '200' },
    tries: { type: 'string', default: '3' },
    cloud: { type: 'string', default: 'aws' },
  },
}).values;

const LAUNCHTRAIL = PROGRAM.join(' ');
/** What one generated organisation (30 days, 5 accounts) inflates to for each call of noise, GB. */
const GB_PER_NOISE = 0.0044;

interface Times {
  readonly wall: number;
  readonly cpu: number;
}

/** Runs a shell command; its output goes where the command sends it. */
async function timed(command: string): Promise<Times> {
  const child = spawn('bash', ['-c', `TIMEFORMAT='times %R %U %S'; time { ${command}; }`], {
    stdio: ['ignore', 'ignore', 'pipe'],
  });
  let said = '';
  child.stderr.on('data', (bytes: Buffer) => {
    said += bytes.toString();
  });
  const [code] = await once(child, 'close');
  const [, wall = 0, user = 0, system = 0] = /^times (\S+) (\S+) (\S+)$/m.exec(said)?.map(Number) ?? [];
  if (code !== 0) throw new Error(`${command} ended with ${code}: ${said}`);
  return { wall, cpu: user + system };
}

const folder = await mkdtemp(join(tmpdir(), 'launchtrail-bench-'));
try {
  if (cloud === 'azure' || cloud === 'google')
    await writeCloudLogs(folder, cloud, { noise: Number(noise), most: Number(gb) * 1e9 });
  else await writeTrail();
  // a trail has many small files, the logs of other clouds few large ones, which two processes are to share
  const files = `find ${folder} -name '*.gz' -print0 | xargs -0 -P 2 -n ${cloud === 'aws' ? 200 : 5}`;
  const commands: [string, string][] = [
    ['gzip -dc, 2 processes', `${files} gzip -dc > /dev/null`],
    ['launchtrail replay', `${LAUNCHTRAIL} replay ${folder} --format ocsf 2> /dev/null`],
  ];
  // what it selects are records of CloudTrail
  const hasJq =
    cloud === 'aws' &&
    (await timed('jq --version').then(
      () => true,
      () => false,
    ));
  if (hasJq) {
    const jq = `jq -c '.Records[]|select(.eventName=="RunInstances")'`;
    commands.push([
      'gzip -dc | jq, 2 processes',
      `${files} sh -c 'gzip -dc "$@" | ${jq.replaceAll("'", `'\\''`)}' -- `,
    ]);
  }
  process.stdout.write(`${cloud}, about ${gb} GB inflated, ${availableParallelism()} cores\n`);
  const all = new Map<string, Times[]>();
  for (let turn = 0; turn < Number(tries); turn++) {
    for (const [name, command] of commands) {
      if (turn > 0 && name.includes('jq')) continue;
      all.set(name, [...(all.get(name) ?? []), await timed(command)]);
    }
  }
  const middle = (times: readonly Times[], of: keyof Times): number =>
    times.map((each) => each[of]).toSorted((a, b) => a - b)[times.length >> 1] ?? 0;
  const [gzip = []] = all.values();
  for (const [name, times] of all) {
    const [wall, cpu] = [middle(times, 'wall'), middle(times, 'cpu')];
    process.stdout.write(
      `  ${name.padEnd(30)}${wall.toFixed(2).padStart(8)} s wall ${cpu.toFixed(2).padStart(8)} s CPU` +
        `   gzip/this ${(middle(gzip, 'wall') / wall).toFixed(2)} wall, ${(middle(gzip, 'cpu') / cpu).toFixed(2)} CPU\n`,
    );
  }
  process.stdout.write(`  largest memory of a replay  ${await replayAll([folder, '--format', 'ocsf'])} MB\n`);
} finally {
  await rm(folder, { recursive: true, force: true });
}

async function writeTrail(): Promise<void> {
  const parts = Math.max(1, Math.round(Number(gb) / (GB_PER_NOISE * Number(noise))));
  for (let seed = 1; seed <= parts; seed += 2) {
    const pair = [seed, seed + 1].filter((each) => each <= parts);
    await Promise.all(
      pair.map((each) =>
        timed(`${LAUNCHTRAIL} simulate --seed ${each} --noise ${noise} --out ${folder}/${each}`),
      ),
    );
  }
}
