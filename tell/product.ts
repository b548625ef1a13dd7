/** Who speaks in every message; a test keeps the version equal to package.json. */
export const PRODUCT = { name: 'Launchtrail', vendor: 'Launchtrail', version: '0.1.0' } as const;
