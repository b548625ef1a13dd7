import { type Application, apply, type IdOf, keysOf } from './apply.ts';
import { type OpenLayer, type OpenQuestion, tryCases } from './cases.ts';
import type { Context, Known } from './conditions.ts';
import type { Document, Statement } from './documents.ts';
import { matches } from './globs.ts';
import { type Question, questions } from './questions.ts';

/** Policies that must allow together with all other layers: those of the identity, a boundary, the SCPs of one level. */
export interface Layer {
  readonly name: string;
  readonly documents: readonly Document[];
  /** Prefixes of the services that it is about, where not all: RCPs know some alone. */
  readonly services?: ReadonlySet<string>;
}

export interface Subject {
  readonly partition: string;
  readonly account: string;
  readonly layers: readonly Layer[];
  /** What is known of the principal by names of keys in lower case; what is not here differs from request to request. */
  readonly known: Readonly<Record<string, Known>>;
  /** Keys that are not in `known` are in no request. */
  readonly closed?: true;
}

/** `allow`: every such request; `deny`: none; `conditional`: some may; `unknown`: a document that decides cannot be read. */
export interface Verdict {
  readonly answer: 'allow' | 'deny' | 'conditional' | 'unknown';
  /** What decides: places of statements with what must hold, or the layer that allows nothing. */
  readonly because: readonly string[];
  /** Of a deny: a statement denies, and it is not that none allows. */
  readonly explicit?: true;
}

/** A call: its action, and of the request what is known. */
export interface Call {
  readonly action: string;
  readonly resource?: string;
  readonly request?: Readonly<Record<string, Known>>;
}

/** What one document says of one question. */
interface Piece {
  readonly denied: Application | undefined;
  readonly allowed: Application | undefined;
  readonly denies: readonly Application[];
  readonly allows: readonly Application[];
}
const NOTHING: Piece = { denied: undefined, allowed: undefined, denies: [], allows: [] };

/** The statements of a document that speak of one action, and the keys that they name. */
interface Touching {
  readonly statements: readonly Statement[];
  readonly keys: readonly string[];
  /** By question; not where what is known of a principal bears on it. */
  readonly pieces: Map<number, Piece>;
}

export interface Evaluator {
  /** Judges a call over all the requests that it can be. */
  readonly judge: (subject: Subject, call: Call) => Verdict;
  /** The same for all principals of an account whose policies say the same of a call; undefined where one's own name or tags decide. */
  readonly groupOf: (subject: Subject, call: Call) => string | undefined;
  /** Patterns of which an ARN must match one for the call on it to be allowed; undefined where it may be any. */
  readonly reach: (subject: Subject, call: Call) => readonly string[] | undefined;
}

/** What it finds out about a document it keeps for the next principal. */
export function evaluator(): Evaluator {
  const ask = questions();
  const documents = new WeakMap<Document, Map<string, Touching | undefined>>();
  const globs = new Map<string, Map<string, boolean>>();
  const tried = new Map<string, 'none' | 'all' | 'some'>();
  const contents = new Map<string, number>();
  const idOf: IdOf = (content) => within(contents, content, () => contents.size + 1);

  const touches = ({ actions, notActions }: Statement, action: string): boolean => {
    const known = within(globs, action, () => new Map());
    return actions.some((pattern) => within(known, pattern, () => matches(pattern, action))) !== notActions;
  };

  const touching = (document: Document, action: string): Touching | undefined => {
    const known = within(documents, document, () => new Map());
    if (known.has(action)) return known.get(action);
    const statements = document.statements.filter((statement) => touches(statement, action));
    const found =
      statements.length === 0
        ? undefined
        : { statements, keys: [...new Set(statements.flatMap(keysOf))], pieces: new Map() };
    known.set(action, found);
    return found;
  };

  const pieceOf = (document: Document, question: Question, subject: Subject): Piece => {
    const found = touching(document, question.action);
    if (found === undefined) return NOTHING;
    const { known, closed } = subject;
    if (found.keys.length === 0 || !(closed || found.keys.some((key) => isKnown(known, key)))) {
      const kept = found.pieces.get(question.id);
      if (kept !== undefined) return kept;
      const piece = pieceFrom(found.statements, question, question.context, idOf);
      // what is asked of one ARN is asked of thousands
      if (!question.isOne) found.pieces.set(question.id, piece);
      return piece;
    }
    return pieceFrom(found.statements, question, contextFor(subject, question));
  };

  /** The same open parts come again with many principals. */
  const tryOnce = (open: readonly OpenQuestion[]): 'none' | 'all' | 'some' => {
    const ids = open.flatMap(({ layers }) =>
      layers.flatMap(({ allows, denies }) => [...allows, ...denies].map(({ id }) => id)),
    );
    if (ids.includes(0) || open.some(({ question }) => question.isOne)) return tryCases(open);
    const key = open
      .map(({ question, layers }) => `${question.id}:${layers.map(layerKey).join(';')}`)
      .join('&');
    return within(tried, key, () => tryCases(open));
  };

  const judgeOne = (subject: Subject, question: Question): Verdict & { open?: OpenQuestion } => {
    const layers: OpenLayer[] = [];
    const sure: string[] = [];
    for (const { name, documents: own } of layersFor(subject, question)) {
      let whole: Application | undefined;
      const denies: Application[] = [];
      const allows: Application[] = [];
      for (const document of own) {
        const piece = pieceOf(document, question, subject);
        if (piece.denied !== undefined)
          return { answer: 'deny', because: [`denied by ${piece.denied.reason}`], explicit: true };
        whole ??= piece.allowed;
        denies.push(...piece.denies);
        allows.push(...piece.allows);
      }
      if (whole === undefined && allows.length === 0)
        return { answer: 'deny', because: [`${name} allows no ${question.action} on ${question.type}`] };
      if (whole !== undefined) sure.push(whole.reason);
      if (whole === undefined || denies.length > 0)
        layers.push({ allowed: whole !== undefined, allows: whole === undefined ? allows : [], denies });
    }
    if (layers.length === 0) return { answer: 'allow', because: sure };
    const open = { question, layers };
    const found = tryOnce([open]);
    const parts = layers.flatMap(({ allows, denies }) => [...allows, ...denies]);
    if (found === 'all') return { answer: 'allow', because: [...sure, ...parts.map(({ reason }) => reason)] };
    if (found === 'none')
      return {
        answer: 'deny',
        because: [
          `no ${question.action} on ${question.type} meets all of ${parts.map(({ reason }) => reason).join('; ')}`,
        ],
      };
    const unknown = parts.filter(({ truth }) => truth === 'unknown');
    if (unknown.length > 0) return { answer: 'unknown', because: unknown.map(({ reason }) => reason) };
    const because = layers.flatMap(({ allows, denies }) => [
      ...denies.map(({ reason }) => `unless ${reason}`),
      ...allows.map(({ reason }) => reason),
    ]);
    return { answer: 'conditional', because, open };
  };

  const asked = ({ partition, account }: Subject, call: Call): readonly Question[] =>
    ask({ ...call, partition, account });

  const groupOf = (subject: Subject, call: Call): string | undefined => {
    const parts: string[] = [subject.partition, subject.account];
    for (const question of asked(subject, call))
      for (const { documents: own } of layersFor(subject, question)) {
        const pieces = own.map((document) => pieceOf(document, question, subject));
        const ids = pieces.flatMap(({ denied, allowed, denies, allows }) => [
          ...[denied, ...denies].flatMap((each) => (each === undefined ? [] : [-each.id])),
          ...[allowed, ...allows].flatMap((each) => (each === undefined ? [] : [each.id])),
        ]);
        if (ids.includes(0) || ids.includes(-0)) return undefined;
        parts.push([...new Set(ids)].toSorted((a, b) => a - b).join(','));
      }
    return parts.join(' ');
  };

  const reach = (subject: Subject, call: Call): readonly string[] | undefined => {
    const [question, ...others] = asked(subject, call);
    if (question === undefined || others.length > 0) return undefined;
    for (const { documents: own } of layersFor(subject, question)) {
      const pieces = own.map((document) => pieceOf(document, question, subject));
      const allows = pieces.flatMap((piece) => piece.allows);
      const isLimited = allows.every(({ resources, except }) => resources.length > 0 && !except);
      if (isLimited && pieces.every(({ allowed }) => allowed === undefined))
        return allows.flatMap(({ resources }) => resources);
    }
    return undefined;
  };

  const judge: Evaluator['judge'] = (subject, call) => {
    const verdicts: (Verdict & { open?: OpenQuestion })[] = [];
    for (const question of asked(subject, call)) {
      const verdict = judgeOne(subject, question);
      if (question.required && verdict.answer === 'deny') {
        const { open: _, ...denied } = verdict;
        return denied;
      }
      if (question.required || verdict.answer === 'allow') verdicts.push(verdict);
      else
        verdicts.push({
          answer: verdict.answer === 'unknown' ? 'unknown' : 'conditional',
          because:
            verdict.answer === 'deny'
              ? [`only without a ${question.type}: ${verdict.because.join('; ')}`]
              : verdict.because,
        });
    }
    const open = verdicts.flatMap((verdict) => verdict.open ?? []);
    // one Region for the instance and another for the image is no request
    if (open.length > 1 && tryOnce(open) === 'none')
      return {
        answer: 'deny',
        because: [`no request meets all of ${both(verdicts).because.join('; ')}`],
      };
    return both(verdicts);
  };
  return { judge, groupOf, reach };
}

/** RCPs know some services alone. */
function layersFor({ layers }: Subject, { action }: Question): readonly Layer[] {
  const service = action.split(':', 1)[0] ?? '';
  return layers.filter(({ services }) => services?.has(service) ?? true);
}

/** What a map holds under a key, made where it holds nothing. */
function within<K, V>(
  map: { get(key: K): V | undefined; set(key: K, value: V): unknown },
  key: K,
  make: () => V,
): V {
  const known = map.get(key);
  if (known !== undefined) return known;
  const made = make();
  map.set(key, made);
  return made;
}

/** All of them must be allowed. */
function both(verdicts: readonly Verdict[]): Verdict {
  for (const answer of ['deny', 'unknown', 'conditional', 'allow'] as const) {
    const those = verdicts.filter((verdict) => verdict.answer === answer);
    if (those.length > 0) return { answer, because: [...new Set(those.flatMap(({ because }) => because))] };
  }
  return { answer: 'allow', because: [] };
}

function pieceFrom(
  statements: readonly Statement[],
  question: Question,
  context: Context,
  idOf?: IdOf,
): Piece {
  const denies: Application[] = [];
  const allows: Application[] = [];
  for (const statement of statements) {
    const found = apply(statement, question, context, idOf);
    if (found === undefined) continue;
    (statement.effect === 'Deny' ? denies : allows).push(found);
  }
  const isSure = ({ truth }: Application): boolean => truth === 'yes';
  return {
    denied: denies.find(isSure),
    allowed: allows.find(isSure),
    denies: denies.filter((each) => !isSure(each)),
    allows: allows.filter((each) => !isSure(each)),
  };
}

const TAG = 'aws:principaltag/';

const isKnown = (known: Subject['known'], key: string): boolean =>
  known[key] !== undefined || (key.startsWith(TAG) && known[TAG] !== undefined);

/** What is known of the principal, and else what the request holds. */
function contextFor({ known, closed }: Subject, { context }: Question): Context {
  return (key) => {
    const given = known[key] ?? (key.startsWith(TAG) ? known[TAG] : undefined);
    if (given !== undefined) return given;
    const found = context(key);
    return closed && found === 'any' ? 'absent' : found;
  };
}

const layerKey = ({ allowed, allows, denies }: OpenLayer): string =>
  `${allowed ? '' : allows.map(({ id }) => id).join(',')}-${denies.map(({ id }) => id).join(',')}`;
