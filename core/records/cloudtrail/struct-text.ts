/** Deeper than any request; what is nested further is left as text. */
const MAX_LAYERS = 24;

/**
 * Reads what Athena, CloudTrail Lake and Java make of a structure as text: `{type=IAMUser, sessioncontext={…}, list=[…]}`.
 *
 * Values stand without quotes, so one ends only where `, name=`, `}` or `]` follows. Names of users, roles and sessions can
 * hold no blank and no bracket and so cannot pass for another member.
 *
 * @returns undefined where the text is no such structure
 */
export function structText(text: string): unknown {
  let at = 0;

  const value = (layers: number, inList: boolean): unknown => {
    if (layers > MAX_LAYERS) throw new SyntaxError('too deep');
    if (text[at] === '{') return object(layers);
    if (text[at] === '[') return list(layers);
    const start = at;
    while (at < text.length) {
      const char = text[at];
      if (char === '}' || char === ']') break;
      if (char === ',' && (inList || NEXT.test(text.slice(at, at + LONGEST)))) break;
      at++;
    }
    const written = text.slice(start, at).trim();
    return written === 'null' ? null : written;
  };

  const object = (layers: number): unknown => {
    const members: [string, unknown][] = [];
    at++;
    while (text[at] !== '}') {
      const name = NAME.exec(text.slice(at, at + LONGEST))?.[0];
      if (name === undefined) throw new SyntaxError('no name');
      at += name.length;
      members.push([name.slice(0, -1).trim(), value(layers + 1, false)]);
      separated();
    }
    at++;
    return Object.fromEntries(members);
  };

  const list = (layers: number): unknown => {
    const found: unknown[] = [];
    at++;
    while (text[at] !== ']') {
      found.push(value(layers + 1, true));
      separated();
    }
    at++;
    return found;
  };

  const separated = (): void => {
    if (text[at] === ',') {
      at++;
      while (text[at] === ' ') at++;
    } else if (text[at] !== '}' && text[at] !== ']') {
      throw new SyntaxError('not closed');
    }
  };

  if (!/^\{[\w. -]+=|^\[\{[\w. -]+=|^\{\}$|^\[\]$/.test(text)) return undefined;
  try {
    const found = value(0, false);
    return at === text.length ? found : undefined;
  } catch {
    return undefined;
  }
}

const LONGEST = 80;
const NAME = /^[A-Za-z_][\w.-]*=/;
const NEXT = /^, ?[A-Za-z_][\w.-]*=/;
