import { isObj } from '../read.ts';
import { inside, type Wrapping } from './wrapping.ts';

/** Alerts and archives of Wazuh: its AWS module puts the record under `aws`. */
export const wazuh: Wrapping = (value) => {
  if (!isObj(value)) return undefined;
  if (isObj(value.data) && isObj(value.data.aws)) {
    return { parts: [{ path: ['data', 'aws'], value: value.data.aws }] };
  }
  return value.integration === 'aws' && isObj(value.aws) ? inside(value, 'aws') : undefined;
};
