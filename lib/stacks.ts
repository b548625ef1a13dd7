import type { App } from 'aws-cdk-lib';
import type { WatchedSource } from '../core/records/cloudtrail/events.ts';
import { CentralStack } from './central-stack.ts';
import type { Config } from './config.ts';
import { DetectorStack } from './detector-stack.ts';
import { MemberStack } from './member-stack.ts';

/** The stacks that a configuration asks for: one for one account, or the central and the member stack of an organisation. */
export function stacksOf(app: App, config: Config, watched: readonly WatchedSource[]): void {
  const { organisation } = config;
  if (organisation === undefined) {
    new DetectorStack(app, 'Launchtrail', { config, watched });
    return;
  }
  new CentralStack(app, 'Launchtrail', { config, organisation });
  new MemberStack(app, 'LaunchtrailMember', { watched });
}
