/** Clouds whose records are read. */
export const CLOUDS = ['aws', 'azure', 'google'] as const;
export type Cloud = (typeof CLOUDS)[number];
