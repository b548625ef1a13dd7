/**
 * What must not reach a message, a log, a page or a tag: controls (Cc), invisible and direction-changing characters
 * (Cf: zero width, bidirectional overrides, tags) and halves of surrogate pairs (Cs).
 */
const UNSAFE = /[\p{Cc}\p{Cf}\p{Cs}]/gu;
const BLANKS = /\s+/g;

/** Printable ASCII without a run of blanks needs no work; nearly every value of a record is such. */
function isPlain(text: string): boolean {
  let blankBefore = true;
  for (let index = 0; index < text.length; index++) {
    const code = text.charCodeAt(index);
    if (code < 0x20 || code > 0x7e) return false;
    const blank = code === 0x20;
    if (blank && blankBefore) return false;
    blankBefore = blank;
  }
  return !blankBefore;
}

/**
 * Makes text out of a record safe to show and store: no control or direction characters, white space collapsed, at most
 * `max` code points, the last of them `…` where something was cut. Anything but a string becomes an empty string.
 */
export function clean(text: unknown, max: number): string {
  if (typeof text !== 'string' || max <= 0) return '';
  const head = text.slice(0, max + 1);
  if (isPlain(head)) return head.length <= max ? text : `${head.slice(0, max - 1).trimEnd()}…`;
  // A megabyte of user data need not be cleaned whole to keep its first hundred characters.
  const start = text.slice(0, max * 8 + 64);
  const safe = start.replace(BLANKS, ' ').replace(UNSAFE, '').replace(BLANKS, ' ').trim();
  const points = Array.from(safe);
  if (points.length <= max && start.length === text.length) return safe;
  const kept = points.slice(0, max - 1).join('');
  return `${kept.trimEnd()}…`;
}
