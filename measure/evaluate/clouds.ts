import { memoryHistory } from '../../adapters/memory/history.ts';
import { memoryVerdicts } from '../../adapters/memory/verdicts.ts';
import { detectActivities } from '../../app/detect.ts';
import { findingsIn } from '../../app/findings-in.ts';
import type { Activity } from '../../core/activity/activity.ts';
import { atLeast, SEVERITIES, type Severity } from '../../core/findings/severity.ts';
import { DAY } from '../../core/history/facts.ts';
import { defaultPolicy } from '../../core/policy/policy.ts';
import { CLOUDS, type Cloud } from '../../core/records/cloud.ts';
import { CLOUD_DAYS, cloudAccount, normalised } from '../../simulate/clouds/account.ts';
import { STORIES, STORY_NAMES, type StoryName } from '../../simulate/clouds/stories.ts';
import type { Table } from './tables.ts';

/** What became of a story, told in one cloud among some weeks of ordinary life. */
interface StoryResult {
  readonly cloud: Cloud;
  readonly seed: number;
  readonly story: StoryName;
  /** Worst finding that holds one of its acts. */
  readonly found: Severity | 'nothing';
  readonly score: number;
  /** Findings of MEDIUM or worse that hold none, after the learning period. */
  readonly needless: number;
}

/** Tells one story in one cloud, and judges it. */
export async function runStory(cloud: Cloud, seed: number, story: StoryName): Promise<StoryResult> {
  const { deliveries, labels } = cloudAccount({ cloud, seed, stories: [story] });
  const own = new Set(labels.flatMap(({ eventIDs }) => eventIDs));
  const activities = deliveries.flatMap(({ record }): Activity[] => {
    const read = normalised(cloud, record);
    return read?.ok ? [read.activity] : [];
  });
  const verdicts = memoryVerdicts();
  await detectActivities({ history: memoryHistory(), verdicts, policy: defaultPolicy }, activities);
  const findings = await findingsIn(verdicts, defaultPolicy);
  const holds = findings.filter(({ members }) => members.some(({ activity }) => own.has(activity.id)));
  const learnt = (deliveries[0]?.at ?? 0) + defaultPolicy.learning.period;
  const worst = holds.toSorted((a, b) => b.score - a.score)[0];
  return {
    cloud,
    seed,
    story,
    found: worst?.severity ?? 'nothing',
    score: worst?.score ?? 0,
    needless: findings.filter(
      (finding) => !holds.includes(finding) && finding.last >= learnt && atLeast(finding.severity, 'medium'),
    ).length,
  };
}

/** Every story in every cloud, for some seeds. */
export async function runStories(seeds: readonly number[]): Promise<StoryResult[]> {
  const results: StoryResult[] = [];
  for (const story of STORY_NAMES)
    for (const seed of seeds) for (const cloud of CLOUDS) results.push(await runStory(cloud, seed, story));
  return results;
}

/** Steps between the severities of the clouds that tell a story mildest and worst. */
export function stepsApart(results: readonly StoryResult[]): number {
  const steps = results.map(({ found }) => (found === 'nothing' ? -1 : SEVERITIES.indexOf(found)));
  return Math.max(...steps) - Math.min(...steps);
}

/** One row a story: found as it should be in each cloud, of how many; twins where nothing of MEDIUM or worse was said. */
export function storyTable(results: readonly StoryResult[]): Table {
  const rows = STORY_NAMES.map((story) => {
    const { expected } = STORIES[story];
    const own = results.filter((each) => each.story === story);
    const cells = CLOUDS.map((cloud) => {
      const here = own.filter((each) => each.cloud === cloud);
      const right = here.filter(({ found }) => isRight(found, expected));
      return `${right.length} of ${here.length}`;
    });
    const apart = [...Map.groupBy(own, ({ seed }) => seed).values()].filter((each) => stepsApart(each) > 1);
    const least = own.reduce((low, { score }) => Math.min(low, score), 100);
    const most = own.reduce((high, { score }) => Math.max(high, score), 0);
    return [
      story,
      expected === 'none' ? 'quiet' : expected.toUpperCase(),
      ...cells,
      `${least} to ${most}`,
      String(apart.length),
    ];
  });
  return [
    ['story', 'expected', ...CLOUDS.map((cloud) => NAMES[cloud]), 'scores', 'more than one step apart'],
    ...rows,
    ['ordinary life', 'quiet', ...lifeCells(results), '', ''],
  ];
}

/** Findings of MEDIUM or worse beside the stories, per 100 account-days; the same life lies around each story of a seed. */
function lifeCells(results: readonly StoryResult[]): string[] {
  const [first] = STORY_NAMES;
  const days = CLOUD_DAYS - defaultPolicy.learning.period / DAY;
  return CLOUDS.map((cloud) => {
    const own = results.filter((each) => each.cloud === cloud && each.story === first);
    const needless = own.reduce((sum, each) => sum + each.needless, 0);
    return `${((100 * needless) / (days * own.length)).toFixed(1)} per 100 account-days`;
  });
}

const NAMES: Readonly<Record<Cloud, string>> = { aws: 'AWS', azure: 'Azure', google: 'Google' };

const isRight = (found: Severity | 'nothing', expected: Severity | 'none'): boolean =>
  expected === 'none'
    ? found === 'nothing' || !atLeast(found, 'medium')
    : found !== 'nothing' && atLeast(found, expected);

/** One line for every story that was not found as it should be, and for every needless finding. */
export const storyShortfalls = (results: readonly StoryResult[]): string[] =>
  results
    .filter(({ found, story, needless }) => !isRight(found, STORIES[story].expected) || needless > 0)
    .map(
      ({ cloud, seed, story, found, score, needless }) =>
        `seed ${seed}: ${story} on ${NAMES[cloud]}: ${found} ${score}${needless > 0 ? `, ${needless} needless` : ''}`,
    );
