/**
 * Takes the place of the SDK's event streams in a bundle. No service that a function calls answers with one, and the SDK asks for
 * them only then; they are 13 kB.
 */
export {};
