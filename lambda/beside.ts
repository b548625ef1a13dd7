import { fileURLToPath } from 'node:url';
import { optional, parseEnv } from './env.ts';

const env = parseEnv({ COUNTRIES: optional, NETWORKS: optional, OTHER_CLOUDS: optional });
// files beside the bundle (adapters/mmdb/networks.ts, core/records/clouds.ts), since not every stack asks for what is in them
const country = env.COUNTRIES && fileURLToPath(import.meta.resolve(env.COUNTRIES));
const networks = country && env.NETWORKS && (await import(env.NETWORKS)).mmdbNetworks({ country });
const otherClouds = env.OTHER_CLOUDS && (await import(env.OTHER_CLOUDS)).fromOtherCloud;

/** What `detect` uses only where the stack asks for it. */
export const beside = { ...(networks && { networks }), ...(otherClouds && { otherClouds }) };
