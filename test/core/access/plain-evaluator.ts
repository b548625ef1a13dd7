/** IAM for one request, written down as plainly as can be and with nothing of the evaluator that is tested. */
export interface PlainStatement {
  readonly Effect: 'Allow' | 'Deny';
  readonly Action?: readonly string[];
  readonly NotAction?: readonly string[];
  readonly Resource?: readonly string[];
  readonly NotResource?: readonly string[];
  readonly Condition?: Readonly<Record<string, Readonly<Record<string, readonly string[]>>>>;
}

export interface PlainRequest {
  readonly action: string;
  readonly resource: string;
  /** Values by keys in lower case; a key that the request lacks is not here. */
  readonly context: Readonly<Record<string, readonly string[]>>;
}

/** Each layer must allow, and none may deny. */
export function passes(layers: readonly (readonly PlainStatement[])[], request: PlainRequest): boolean {
  return layers.every((statements) => {
    const those = statements.filter((statement) => applies(statement, request));
    return those.some(({ Effect }) => Effect === 'Allow') && !those.some(({ Effect }) => Effect === 'Deny');
  });
}

function applies(
  { Action, NotAction, Resource, NotResource, Condition = {} }: PlainStatement,
  request: PlainRequest,
): boolean {
  const named = (patterns: readonly string[], text: string): boolean =>
    patterns.some((each) => like(each, text));
  const action = request.action.toLowerCase();
  const lower = (patterns: readonly string[]): string[] => patterns.map((each) => each.toLowerCase());
  if (Action ? !named(lower(Action), action) : named(lower(NotAction ?? []), action)) return false;
  if (Resource ? !named(Resource, request.resource) : named(NotResource ?? [], request.resource))
    return false;
  return Object.entries(Condition).every(([operator, keys]) =>
    Object.entries(keys).every(([key, wanted]) => met(operator, wanted, request.context[key.toLowerCase()])),
  );
}

function met(operator: string, wanted: readonly string[], values: readonly string[] | undefined): boolean {
  if (operator === 'Null') return wanted.includes(String(values === undefined));
  const ifExists = operator.endsWith('IfExists');
  const [, set, name = ''] = /^(ForAllValues:|ForAnyValue:)?(.*?)(IfExists)?$/.exec(operator) ?? [];
  const negated = name.includes('Not');
  if (values === undefined) return ifExists || (set === undefined ? negated : set === 'ForAllValues:');
  const one = (value: string): boolean => wanted.some((each) => equal(name, value, each)) !== negated;
  if (set === 'ForAllValues:') return values.every(one);
  if (set === 'ForAnyValue:') return values.some(one);
  return values.length === 1 && values.every(one);
}

function equal(name: string, value: string, wanted: string): boolean {
  const bare = name.replace('Not', '');
  if (bare === 'StringEquals') return value === wanted;
  if (bare === 'StringEqualsIgnoreCase') return value.toUpperCase() === wanted.toUpperCase();
  if (bare === 'StringLike') return like(wanted, value);
  if (bare === 'Bool') return (value === 'true') === (wanted === 'true');
  if (bare === 'NumericLessThan') return Number(value) < Number(wanted);
  if (bare === 'NumericGreaterThanEquals') return Number(value) >= Number(wanted);
  if (bare === 'NumericEquals' || bare === 'Numerics') return Number(value) === Number(wanted);
  if (bare === 'IpAddress') {
    // the networks of these tests end at whole bytes
    const [base = '', bits = '32'] = wanted.split('/');
    const bytes = Number(bits) / 8;
    return value.split('.').slice(0, bytes).join() === base.split('.').slice(0, bytes).join();
  }
  throw new Error(`${name} is not one of these tests'`);
}

/** By trying all: what the star takes, one character more each time. */
function like(pattern: string, text: string): boolean {
  if (pattern === '') return text === '';
  if (pattern.startsWith('*'))
    return like(pattern.slice(1), text) || (text !== '' && like(pattern, text.slice(1)));
  return (
    text !== '' && (pattern[0] === '?' || pattern[0] === text[0]) && like(pattern.slice(1), text.slice(1))
  );
}
