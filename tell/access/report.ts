import { type Judged, POWERS, type Power, type Way } from '../../core/access/audit.ts';
import { CAPABILITIES, type Capability, KINDS } from '../../core/access/capabilities.ts';
import { TRUST, type Trusted } from '../../core/access/trust.ts';
import { type DoneOf, doneText } from './row.ts';

/** One line of the report with what stands behind it. */
export interface Line {
  /** `allow`, `conditional`, `unknown`, or the sort of those who are let in. */
  readonly mark: string;
  readonly who: string;
  /** When it was last done, and the like. */
  readonly note: string;
  readonly details: readonly string[];
}

export interface Section {
  readonly title: string;
  /** What its lines have in common. */
  readonly lead?: string;
  readonly lines: readonly Line[];
}

const OUTSIDE: ReadonlySet<Trusted['kind']> = new Set(['anyone', 'other-account', 'open-oidc', 'unknown']);

const isServiceRun = ({ principal }: Judged): boolean => principal.kind === 'service-linked-role';
const isRoot = ({ principal }: Judged): boolean => principal.kind === 'root';
const isAble = ({ ways }: Judged): boolean => ways.length > 0;

/** The report in the order in which it should be read: who gets in from outside, administrators, the others by their ways. */
export function sectionsOf(judged: readonly Judged[], doneOf: DoneOf): readonly Section[] {
  const able = judged.filter(isAble);
  const own = able.filter((each) => !isServiceRun(each) && !isRoot(each));
  const administrators = own.filter(({ power }) => power === 'administrator');
  const others = own.filter(({ power }) => power !== 'administrator');
  const sections: (Section | undefined)[] = [
    section(
      'Able roles that let in somebody from outside',
      own
        .flatMap((each) => outside(each))
        .toSorted((a, b) => a.rank - b.rank)
        .map(({ line }) => line),
    ),
    section(
      'Administrators',
      administrators.map((each) => ({
        mark: markOf(each),
        who: each.principal.arn,
        note: doneText(doneOf(each.principal, 'launch')),
        details: [...(each.ways[0]?.because.slice(0, 4) ?? []), ...letIn(each)],
      })),
      'They may launch and grant themselves all that follows, so they are not named again.',
    ),
    ...CAPABILITIES.map((capability) => ofCapability(capability, others, doneOf)),
    section(
      'Root users',
      able.filter(isRoot).map(({ principal, ways }) => ({
        mark: ways[0]?.answer ?? 'unknown',
        who: principal.arn,
        note: doneText(doneOf(principal, 'launch')),
        details: principal.scpsKnown ? [] : ['before SCPs'],
      })),
      'They may do all that no SCP denies, unless their credentials were removed.',
    ),
    section(
      'Roles of services',
      able.filter(isServiceRun).map(({ principal, power }) => ({
        mark: power,
        who: principal.arn,
        note: doneText(doneOf(principal, 'launch')),
        details: [],
      })),
      'Service-linked roles that AWS made; no SCP binds them, and only their service takes them on.',
    ),
  ];
  return sections.filter((each) => each !== undefined);
}

/** Of an administrator: whether he is one for sure. Which roles there are for him to pass says nothing of that. */
function markOf({ ways }: Judged): Way['answer'] {
  const answers = ways.flatMap(({ capability: { kind }, answer }) => (MAKES.has(kind) ? [answer] : []));
  return (['unknown', 'conditional'] as const).find((each) => answers.includes(each)) ?? 'allow';
}

const MAKES: ReadonlySet<Capability['kind']> = new Set(['launch', 'grant-itself']);

const section = (title: string, lines: readonly Line[], lead?: string): Section | undefined =>
  lines.length === 0 ? undefined : { title, ...(lead && { lead }), lines };

function ofCapability(
  capability: Capability,
  judged: readonly Judged[],
  doneOf: DoneOf,
): Section | undefined {
  const lines = judged.flatMap((each) =>
    each.ways
      .filter((way) => way.capability === capability)
      .map(
        (way): Line => ({
          mark: way.answer,
          who: each.principal.arn,
          note: doneText(doneOf(each.principal, capability.kind)),
          details: [...way.because, ...passedText(way), ...letIn(each)],
        }),
      ),
  );
  // who never did is read first, and who is sure to be able before who may be
  const order = ['allow', 'conditional', 'unknown'];
  return section(
    capability.title,
    lines.toSorted(
      (a, b) =>
        Number(b.note.startsWith('never')) - Number(a.note.startsWith('never')) ||
        order.indexOf(a.mark) - order.indexOf(b.mark),
    ),
    KINDS[capability.kind],
  );
}

function passedText({ passes }: Way): string[] {
  if (passes === undefined || passes.count === 0) return [];
  const named = passes.ablest.slice(0, 3).map(({ role, power }) => `${role} (${POWERS[power as Power]})`);
  const more = passes.count - named.length;
  return [`may pass to ${passes.service}: ${named.join(', ')}${more > 0 ? ` and ${more} more` : ''}`];
}

function outside({ principal }: Judged): readonly { readonly rank: number; readonly line: Line }[] {
  const order = Object.keys(TRUST);
  return principal.trusted
    .filter(({ kind }) => OUTSIDE.has(kind))
    .map(({ kind, who, when }) => ({
      rank: order.indexOf(kind),
      line: {
        mark: kind,
        who: principal.arn,
        note: `${TRUST[kind]}: ${who}`,
        details: when === undefined ? ['without any condition'] : [`when ${when}`],
      },
    }));
}

/** Who can become an able role; services go without saying. */
function letIn({ principal, assumers }: Judged): string[] {
  const by = principal.trusted.filter(({ kind }) => kind !== 'service' && kind !== 'account');
  const lines = by
    .slice(0, 5)
    .map(({ kind, who, when }) => `lets in ${TRUST[kind]}: ${who}${when ? ` when ${when}` : ''}`);
  if (by.length > 5) lines.push(`lets in ${by.length - 5} more`);
  if (assumers !== undefined)
    lines.push(
      `lets in ${assumers.count} of its account that may assume it: ${assumers.first.slice(0, 3).join(', ')}${assumers.count > 3 ? ', …' : ''}`,
    );
  else if (principal.trusted.some(({ kind }) => kind === 'account'))
    lines.push('lets in whoever in the account may assume it: nobody does');
  return lines;
}
