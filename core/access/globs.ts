/**
 * Patterns of IAM: `*` for any text, `?` for one character, nothing else. Policies are written by whoever is judged by them, so none
 * becomes a RegExp: `*a*a*a` would take longer than the universe has.
 */

/** In the pattern of a resource's ARN: any text without a colon, as an id, a Region and an account are. */
export const PART = '\u0001';

/** In a pattern: a star and a question mark that stand for themselves, as `${*}` and `${?}` do and those in a value of a variable. */
const STAR = '\u0002';
const MARK = '\u0003';

/** A text as a pattern that it alone matches. */
export const literal = (text: string): string =>
  /[*?]/.test(text) ? text.replaceAll('*', STAR).replaceAll('?', MARK) : text;

/** The text that such a pattern stands for. */
export const plain = (pattern: string): string => pattern.replaceAll(STAR, '*').replaceAll(MARK, '?');

/** Whether a pattern matches a text; two pointers, at worst pattern times text. */
export function matches(pattern: string, text: string): boolean {
  return run(
    pattern,
    text,
    (mine, its) =>
      mine === '?' || mine === its || (mine === STAR && its === '*') || (mine === MARK && its === '?'),
  );
}

/** Whether every text of `narrow` is one of `wide`. Sound; where two stars share a text it may say no to a yes. */
export function covers(wide: string, narrow: string): boolean {
  return run(wide, narrow, (mine, its) => its !== '*' && its !== PART && (mine === '?' || mine === its));
}

/** The star of the pattern takes anything, a star of the text included; `one` says what else fits. */
function run(pattern: string, text: string, one: (mine: string, its: string) => boolean): boolean {
  let at = 0;
  let star = -1;
  let from = 0;
  let here = 0;
  while (here < text.length) {
    if (pattern[at] === '*') {
      star = at++;
      from = here;
    } else if (at < pattern.length && one(pattern[at] as string, text[here] as string)) {
      at += 1;
      here += 1;
    } else if (star >= 0) {
      at = star + 1;
      from += 1;
      here = from;
    } else return false;
  }
  while (pattern[at] === '*') at += 1;
  return at === pattern.length;
}

/** Whether any text is of both patterns, the second of which may have parts: all pairs of places, one row at a time. */
export function meets(one: string, other: string): boolean {
  if (one === '*') return true;
  let row = new Uint8Array(other.length + 1);
  let next = new Uint8Array(other.length + 1);
  row[0] = 1;
  for (let j = 1; j <= other.length; j++) row[j] = isStar(other[j - 1]) ? (row[j - 1] ?? 0) : 0;
  for (let i = 0; i < one.length; i++) {
    const mine = one[i];
    next[0] = mine === '*' ? (row[0] ?? 0) : 0;
    let some = next[0];
    for (let j = 1; j <= other.length; j++) {
      const its = other[j - 1];
      if (its === PART && mine !== '*') next[j] = (next[j - 1] ?? 0) | (mine === ':' ? 0 : (row[j] ?? 0));
      else if (mine === '*' || its === '*') next[j] = (row[j] ?? 0) | (next[j - 1] ?? 0);
      else next[j] = mine === '?' || its === '?' || mine === its ? (row[j - 1] ?? 0) : 0;
      some |= next[j] ?? 0;
    }
    if (some === 0) return false;
    [row, next] = [next, row];
  }
  return row[other.length] === 1;
}

const isStar = (symbol: string | undefined): boolean => symbol === '*' || symbol === PART;
