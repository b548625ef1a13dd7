import { type LambdaJob, spendInLambda } from './lambda-job.ts';
import { type OrganisationJob, replayOrganisation } from './organisation-job.ts';

/** One measurement in a process of its own; what to do as JSON in the first argument, what came of it as JSON on standard output. */
const job = JSON.parse(process.argv[2] ?? '') as LambdaJob | OrganisationJob;
const result = job.job === 'lambda' ? await spendInLambda(job) : await replayOrganisation(job);
process.stdout.write(JSON.stringify(result), () => process.exit(0));
