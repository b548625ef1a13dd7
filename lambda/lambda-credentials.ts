import { fromEnv } from '@aws-sdk/credential-provider-env';

/**
 * Takes the place of the SDK's own chain of providers in a bundle: Lambda hands a function its credentials in the
 * environment and nowhere else, and the chain (profiles, SSO, instance metadata, STS) is a quarter of the code.
 */
export const defaultProvider = (): ReturnType<typeof fromEnv> => fromEnv();
