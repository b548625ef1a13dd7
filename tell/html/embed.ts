/** JSON that can stand in a script element of a page whatever it holds: nothing in it ends the element or opens a comment. */
export const embedded = (value: unknown): string =>
  JSON.stringify(value)
    .replaceAll('<', '\\u003c')
    .replaceAll('\u2028', '\\u2028')
    .replaceAll('\u2029', '\\u2029');
