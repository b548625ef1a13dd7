/** Bytes that a text takes in UTF-8, which is what stores count. */
export function bytesIn(text: string): number {
  let bytes = text.length;
  for (let index = 0; index < text.length; index++) {
    const code = text.charCodeAt(index);
    // each half of a surrogate pair stands for two of its four bytes
    if (code > 0x7f) bytes += code < 0x800 || (code >= 0xd800 && code <= 0xdfff) ? 1 : 2;
  }
  return bytes;
}

/** Whether something written as JSON takes no more than so many bytes. */
export function fitsInto(most: number, value: object): boolean {
  const json = JSON.stringify(value);
  // no character of UTF-16 takes more than three bytes
  return json.length * 3 <= most || bytesIn(json) <= most;
}

/** As many whole characters from the beginning of a text as fit into a number of bytes of UTF-8. */
export function headOf(text: string, most: number): string {
  if (text.length * 3 <= most) return text;
  const { read } = new TextEncoder().encodeInto(text, new Uint8Array(most));
  return text.slice(0, read);
}

/** A name of at most so many bytes: what is too long keeps its beginning and ends in a hash of the whole. */
export function shortName(name: string, most: number): string {
  if (name.length * 3 <= most || bytesIn(name) <= most) return name;
  const hash = `${hashOf(name)}${hashOf(name, 1)}`;
  return `${headOf(name, most - hash.length - 1)}~${hash}`;
}

/** 32 bits of FNV-1a in seven digits, to tell few things apart; nobody's secret, and no proof against an attacker. */
export function hashOf(text: string, seed = 0): string {
  let hash = 0x811c9dc5 ^ seed;
  for (let index = 0; index < text.length; index++)
    hash = Math.imul(hash ^ text.charCodeAt(index), 0x01000193);
  return (hash >>> 0).toString(36).padStart(7, '0');
}
