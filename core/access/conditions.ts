import ipaddr from 'ipaddr.js';
import { matches } from './globs.ts';

/** `maybe`: some requests meet it and others may not; `unknown`: it cannot be read. */
export type Truth = 'yes' | 'no' | 'maybe' | 'unknown';

/** What is known of a key: its values, that no request has it, or `any` where requests differ. */
export type Known = readonly string[] | 'absent' | 'any';

/** Looks a key up by its name, in whatever case. */
export type Context = (key: string) => Known;

const scalars: Readonly<Record<string, (value: string, wanted: string) => boolean | undefined>> = {
  string: (value, wanted) => value === wanted,
  stringignorecase: (value, wanted) => value.toLowerCase() === wanted.toLowerCase(),
  stringlike: (value, wanted) => matches(wanted, value),
  numeric: (value, wanted) => compared(Number(value), Number(wanted), (a, b) => a === b),
  numericlessthan: (value, wanted) => compared(Number(value), Number(wanted), (a, b) => a < b),
  numericlessthanequals: (value, wanted) => compared(Number(value), Number(wanted), (a, b) => a <= b),
  numericgreaterthan: (value, wanted) => compared(Number(value), Number(wanted), (a, b) => a > b),
  numericgreaterthanequals: (value, wanted) => compared(Number(value), Number(wanted), (a, b) => a >= b),
  date: (value, wanted) => compared(instant(value), instant(wanted), (a, b) => a === b),
  datelessthan: (value, wanted) => compared(instant(value), instant(wanted), (a, b) => a < b),
  datelessthanequals: (value, wanted) => compared(instant(value), instant(wanted), (a, b) => a <= b),
  dategreaterthan: (value, wanted) => compared(instant(value), instant(wanted), (a, b) => a > b),
  dategreaterthanequals: (value, wanted) => compared(instant(value), instant(wanted), (a, b) => a >= b),
  bool: (value, wanted) => (value.toLowerCase() === 'true') === (wanted.toLowerCase() === 'true'),
  binary: (value, wanted) => value === wanted,
  ip: within,
  arn: (value, wanted) => {
    const parts = (arn: string): string[] => {
      const all = arn.split(':');
      return [...all.slice(0, 5), all.slice(5).join(':')];
    };
    if (wanted.split(':').length < 6) return false;
    const its = parts(value);
    return parts(wanted).every((part, index) => matches(part, its[index] ?? ''));
  },
};

/** Operators by their names in lower case: how values compare, and whether the answer is turned round. */
const OPERATORS: Readonly<Record<string, readonly [test: keyof typeof scalars, negated: boolean]>> = {
  stringequals: ['string', false],
  stringnotequals: ['string', true],
  stringequalsignorecase: ['stringignorecase', false],
  stringnotequalsignorecase: ['stringignorecase', true],
  stringlike: ['stringlike', false],
  stringnotlike: ['stringlike', true],
  numericequals: ['numeric', false],
  numericnotequals: ['numeric', true],
  numericlessthan: ['numericlessthan', false],
  numericlessthanequals: ['numericlessthanequals', false],
  numericgreaterthan: ['numericgreaterthan', false],
  numericgreaterthanequals: ['numericgreaterthanequals', false],
  dateequals: ['date', false],
  datenotequals: ['date', true],
  datelessthan: ['datelessthan', false],
  datelessthanequals: ['datelessthanequals', false],
  dategreaterthan: ['dategreaterthan', false],
  dategreaterthanequals: ['dategreaterthanequals', false],
  bool: ['bool', false],
  binaryequals: ['binary', false],
  ipaddress: ['ip', false],
  notipaddress: ['ip', true],
  arnequals: ['arn', false],
  arnlike: ['arn', false],
  arnnotequals: ['arn', true],
  arnnotlike: ['arn', true],
};

interface Operator {
  readonly test: (value: string, wanted: string) => boolean | undefined;
  readonly negated: boolean;
  /** What it compares: texts, patterns, numbers, … */
  readonly family: keyof typeof scalars;
  readonly set: 'all' | 'any' | undefined;
  readonly ifExists: boolean;
}

/** An operator by its name, or undefined where IAM has none such. `Null` is not among them. */
export function operatorOf(name: string): Operator | undefined {
  const lower = name.toLowerCase();
  const set = lower.startsWith('forallvalues:')
    ? 'all'
    : lower.startsWith('foranyvalue:')
      ? 'any'
      : undefined;
  const bare = set === undefined ? lower : lower.slice(lower.indexOf(':') + 1);
  const ifExists = bare.endsWith('ifexists');
  const found = OPERATORS[ifExists ? bare.slice(0, -'ifexists'.length) : bare];
  const test = found && scalars[found[0]];
  return found && test && { test, negated: found[1], family: found[0], set, ifExists };
}

/** Keys with several values; an operator without ForAllValues or ForAnyValue matches none of them (condition-single-vs-multi-valued). */
export const MULTIVALUED: ReadonlySet<string> = new Set([
  'aws:tagkeys',
  'aws:principalorgpaths',
  'aws:resourceorgpaths',
  'aws:calledvia',
  'aws:principalservicenameslist',
]);

/** Whether one operator holds for one key. Values of a key OR, those of a negated operator NOR (reference_policies_elements_condition). */
export function holds(operator: string, key: string, wanted: readonly string[], known: Known): Truth {
  if (operator.toLowerCase() === 'null') {
    if (known === 'any') return 'maybe';
    const absent = known === 'absent';
    return wanted.some((each) => (each.toLowerCase() === 'true') === absent) ? 'yes' : 'no';
  }
  const found = operatorOf(operator);
  if (found === undefined) return 'unknown';
  const { test, negated, set, ifExists } = found;
  if (known === 'any') return 'maybe';
  if (known === 'absent') {
    const missing = set === undefined ? negated : set === 'all';
    return missing || ifExists ? 'yes' : 'no';
  }
  const one = (value: string): boolean => {
    const answers = wanted.map((each) => test(value, each));
    // what cannot be converted is unequal to everything; a malformed address never matches, turned round or not
    if (negated && test === scalars.ip && answers.includes(undefined)) return false;
    return answers.some((answer) => answer === true) !== negated;
  };
  if (set === 'all') return known.every(one) ? 'yes' : 'no';
  if (set === 'any') return known.some(one) ? 'yes' : 'no';
  return known.length === 1 && !MULTIVALUED.has(key) && one(known[0] as string) ? 'yes' : 'no';
}

function compared(a: number, b: number, test: (a: number, b: number) => boolean): boolean | undefined {
  return Number.isNaN(a) || Number.isNaN(b) ? undefined : test(a, b);
}

/** Dates are ISO 8601 or seconds of the epoch. */
export const instant = (text: string): number =>
  /^\d+$/.test(text) ? Number(text) * 1000 : Date.parse(text);

/** Whether an address lies in a network; an IPv6 network with bits of hosts set has no address. */
function within(value: string, wanted: string): boolean | undefined {
  if (!ipaddr.isValid(value)) return undefined;
  const network = wanted.includes('/') ? wanted : `${wanted}/${wanted.includes(':') ? 128 : 32}`;
  if (!ipaddr.isValidCIDR(network)) return undefined;
  const [base, bits] = ipaddr.parseCIDR(network);
  const address = ipaddr.parse(value);
  if (address.kind() !== base.kind()) return false;
  if (
    base instanceof ipaddr.IPv6 &&
    ipaddr.IPv6.networkAddressFromCIDR(network).toString() !== base.toString()
  )
    return false;
  return address.match(base, bits);
}
