import { type Command, Option } from 'commander';
import { CLOUDS } from '../../core/records/cloud.ts';
import { jobsArgument, POLICY_OPTION, severityArgument, timeArgument } from '../replay/arguments.ts';

/** What `replay` and `report` are told about the records that they judge. */
export const PATHS = 'files, folders (searched through), s3://bucket/prefix, or - for standard input';

/** What people have decided, for every command that judges records itself. */
export const DECISIONS = [
  '--decisions <file>',
  'take what people have decided about findings, as findings export writes it',
] as const;

/** Adds how records are found, read and judged, the same for every command that judges some. */
export const withInputOptions = (command: Command): Command =>
  command
    .option('--policy <file>', POLICY_OPTION)
    .option(
      '--since <time>',
      'report findings with a record at or after this date or time (UTC unless it names a zone); what is older is learnt from',
      timeArgument,
    )
    .option('--learn-from <time>', 'skip records before this date or time', timeArgument)
    .option(
      '--until <time>',
      'skip records at or after this date or time; a date means its first moment',
      timeArgument,
    )
    .option(
      '--jobs <n>',
      'threads that read while another judges (default: one per core, none for small input)',
      jobsArgument,
    )
    .addOption(
      new Option(
        '--cloud <cloud>',
        'read every record as one of this cloud, and pass over all others (default: what each looks like)',
      ).choices(CLOUDS),
    )
    .option('--fail-on <severity>', 'exit with 3 if a finding is at least this severe', severityArgument)
    .option('--asn-database <file>', 'MMDB with autonomous systems (default: none)')
    .option(
      '--country-database <file>',
      'MMDB with countries, or none (default: the one that is installed beside)',
    )
    .option('--requester-pays', 'agree to pay for reading buckets that ask for it');
