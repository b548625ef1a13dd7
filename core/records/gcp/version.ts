/** A method's name without the version of its interface, which the console and tools choose. */
export const unversioned = (method: string): string => method.replace(/^(?:v\d+|beta|alpha)\./, '');
