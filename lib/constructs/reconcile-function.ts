import { Duration } from 'aws-cdk-lib';
import { Construct } from 'constructs';
import { type LookingProps, lookingFunction } from './looking-function.ts';

/** Terminated instances are seen for less than an hour; twice in that time is often enough to meet them. */
const EVERY = Duration.minutes(30);

/** What it may see of a Region, and change nothing. The role of the member stacks has the same rights. */
export const READS = [
  'cloudtrail:LookupEvents',
  'ec2:DescribeImages',
  'ec2:DescribeInstanceAttribute',
  'ec2:DescribeInstances',
  'ec2:DescribeRegions',
  'ec2:DescribeVolumes',
];

/** Name of the role in each member account that it reads with. */
export const READER_ROLE = 'launchtrail-reader';

/** Name of the role that takes it on, where there are members: they let in no other of the central account. */
export const RECONCILE_ROLE = 'launchtrail-reconcile';

/** Compares what runs with what is known. */
export class ReconcileFunction extends Construct {
  constructor(scope: Construct, id: string, props: LookingProps) {
    super(scope, id);
    lookingFunction(
      this,
      {
        name: 'reconcile',
        does: 'compares what runs with what is known',
        every: EVERY,
        reads: READS,
        because: 'None of these calls can be limited to a resource; all of them only read.',
        role: RECONCILE_ROLE,
        reader: READER_ROLE,
        ledger: 'B',
        begins: 'begin an inventory',
      },
      props,
    );
  }
}
