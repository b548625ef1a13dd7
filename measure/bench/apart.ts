import { type GrowthJob, grow } from './growth-job.ts';
import { type LambdaJob, spendInLambda } from './lambda-job.ts';
import { type OrganisationJob, replayOrganisation } from './organisation-job.ts';

/** One measurement in a process of its own; what to do as JSON in the first argument, what came of it as JSON on standard output. */
const job = JSON.parse(process.argv[2] ?? '') as GrowthJob | LambdaJob | OrganisationJob;
const run = (): Promise<object> => {
  if (job.job === 'growth') return grow(job);
  return job.job === 'lambda' ? spendInLambda(job) : replayOrganisation(job);
};
const result = await run();
process.stdout.write(JSON.stringify(result), () => process.exit(0));
