import { fileURLToPath } from 'node:url';
import { App, Validations } from 'aws-cdk-lib';
import { AwsSolutionsChecks, ServerlessChecks } from 'cdk-nag';
import { WATCHED } from '../core/records/cloudtrail/events.ts';
import { type Config, configFrom } from './config.ts';
import { ConfigError } from './config-values.ts';
import { docsOf, originOf } from './docs-home.ts';
import { stacksOf } from './stacks.ts';

const app = new App();
Validations.of(app).addPlugins(new AwsSolutionsChecks(app), new ServerlessChecks(app));
stacksOf(app, readConfig(), WATCHED);

function readConfig(): Config {
  try {
    const docs = docsOf(originOf(fileURLToPath(new URL('.', import.meta.url))));
    return configFrom({ docs, ...app.node.getAllContext() });
  } catch (error) {
    if (!(error instanceof ConfigError)) throw error;
    console.error(error.message);
    process.exit(1);
  }
}
