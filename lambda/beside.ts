import { fileURLToPath } from 'node:url';
import { optional, parseEnv } from './env.ts';

const env = parseEnv({ COUNTRIES: optional, OTHER_CLOUDS: optional });
const country = env.COUNTRIES && fileURLToPath(import.meta.resolve(env.COUNTRIES));
const networks = country && (await import('../adapters/mmdb/networks.ts')).mmdbNetworks({ country });
// a file beside the bundle (core/records/clouds.ts), since most stacks never see a record of another cloud
const otherClouds = env.OTHER_CLOUDS && (await import(env.OTHER_CLOUDS)).fromOtherCloud;

/** What `detect` uses only where the stack asks for it. */
export const beside = { ...(networks && { networks }), ...(otherClouds && { otherClouds }) };
