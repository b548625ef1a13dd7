import type {
  Activity,
  IngressRule,
  Kind,
  Launch,
  Link,
  Network,
  Origin,
  Outcome,
  Posture,
  ResourceType,
  Share,
} from '../../core/activity/activity.ts';
import type { Actor, ActorClass, Person } from '../../core/activity/actor.ts';
import type { Assessment, FindingRecord, Followed } from '../../core/findings/finding.ts';
import type { Severity } from '../../core/findings/severity.ts';
import type { FactSheet } from '../../core/history/facts.ts';
import type { Sighting } from '../../core/history/sighting.ts';
import type { SignalId } from '../../core/policy/weights.ts';
import type { Evidence } from '../../core/signals/signal.ts';
import {
  boolean,
  type Codec,
  isRecord,
  list,
  mark,
  number,
  pairs,
  placed,
  shape,
  text,
  words,
} from './compact.ts';

const string = text();

const actor = shape<Actor>({
  key: ['k', string],
  label: ['l', string],
  class: [
    'c',
    words<ActorClass>({
      human: 'h',
      workload: 'w',
      automation: 'a',
      service: 's',
      root: 'r',
      'foreign-account': 'f',
    }),
  ],
  account: ['a', string],
  arn: ['n', string, 'optional'],
  person: [
    'p',
    shape<Person>({ key: ['k', string], label: ['l', string], vouched: ['v', mark, 'optional'] }),
    'optional',
  ],
  credential: ['t', words<'long-lived' | 'temporary'>({ 'long-lived': 'l', temporary: 't' }), 'optional'],
  accessKey: ['x', string, 'optional'],
  mfa: ['m', boolean, 'optional'],
  instance: ['i', string, 'optional'],
  invokedBy: ['b', string, 'optional'],
});

const origin = shape<Origin>({
  ip: ['i', string, 'optional'],
  prefix: ['p', string, 'optional'],
  service: ['s', string, 'optional'],
  network: [
    'n',
    shape<Network>({
      asn: ['a', number, 'optional'],
      holder: ['h', string, 'optional'],
      country: ['c', string, 'optional'],
    }),
    'optional',
  ],
  agent: ['u', string],
  console: ['c', boolean],
  endpoint: ['e', string, 'optional'],
});

const link = shape<Link>({
  type: [
    't',
    // the types a launch or a snapshot names; ids tell a reader the rest (i-, vol-, ami-, sg-, eni-)
    words<ResourceType>({
      instance: 'i',
      snapshot: 's',
      volume: 'v',
      image: 'a',
      'security-group': 'g',
      'network-interface': 'n',
      'launch-template': 't',
      'instance-profile': 'p',
      'key-pair': 'k',
    }),
  ],
  id: ['i', string],
  role: ['r', words<Link['role']>({ made: 'm', used: 'u', changed: 'c' })],
  from: ['f', list(string), 'optional'],
  on: ['o', string, 'optional'],
});

const launch = shape<Launch>({
  count: ['c', number],
  asked: ['q', number, 'optional'],
  types: ['t', list(string)],
  images: ['i', list(string)],
  snapshots: ['s', list(string)],
  profile: ['p', string, 'optional'],
  keyName: ['k', string, 'optional'],
  userData: ['u', mark, 'optional'],
  publicAddress: ['a', mark, 'optional'],
  httpTokens: ['h', words<'optional' | 'required'>({ optional: 'o', required: 'r' }), 'optional'],
  groups: ['g', list(string)],
  subnet: ['n', string, 'optional'],
  vpc: ['v', string, 'optional'],
  template: ['l', string, 'optional'],
  tagKeys: ['y', list(string)],
});

const posture = shape<Posture>({
  publicAddress: ['a', mark, 'optional'],
  protected: ['p', mark, 'optional'],
  httpTokens: ['h', words<'optional' | 'required'>({ optional: 'o', required: 'r' }), 'optional'],
});

const share = shape<Share>({
  accounts: ['a', list(string)],
  organisations: ['o', list(string)],
  public: ['p', boolean],
});

const ingress = shape<IngressRule>({
  group: ['g', string],
  protocol: ['p', string],
  fromPort: ['f', number, 'optional'],
  toPort: ['t', number, 'optional'],
  source: ['s', string],
});

/** An activity as stored, by every store and inside findings. */
export const activityCodec: Codec<Activity> = shape<Activity>({
  id: ['i', string],
  at: ['t', number],
  account: ['a', string],
  region: ['r', string],
  kind: ['k', text<Kind>()],
  action: ['c', string],
  actor: ['u', actor],
  origin: ['o', origin],
  outcome: ['s', words<Outcome>({ succeeded: 's', denied: 'd', 'dry-run': 'r', limited: 'l', failed: 'f' })],
  error: ['e', string, 'optional'],
  links: ['l', list(link)],
  launch: ['n', launch, 'optional'],
  posture: ['w', posture, 'optional'],
  plan: ['q', launch, 'optional'],
  share: ['h', share, 'optional'],
  ingress: ['g', list(ingress), 'optional'],
  detail: ['d', string, 'optional'],
  tags: ['y', pairs, 'optional'],
  sharedId: ['x', string, 'optional'],
});

/** One member of a finding as stored. */
const assessment: Codec<Assessment> = shape<Assessment>({
  activity: ['a', activityCodec],
  evidence: [
    'e',
    list(
      shape<Evidence>({
        signal: ['i', text<SignalId>()],
        strength: ['s', number],
        reason: ['r', string],
        novelty: ['n', mark, 'optional'],
        refs: ['f', list(string), 'optional'],
        lineage: ['l', mark, 'optional'],
      }),
    ),
  ],
  score: ['s', number],
  learning: ['l', mark, 'optional'],
  follows: [
    'f',
    shape<Followed>({
      account: ['a', string],
      subject: ['s', string],
      id: ['i', string],
      at: ['t', number],
      own: ['o', mark, 'optional'],
    }),
    'optional',
  ],
  behind: ['b', list(activityCodec), 'optional'],
});

/** A finding as stored. */
export const findingCodec: Codec<FindingRecord> = shape<FindingRecord>({
  // few and read by people, so only the members are abbreviated
  id: ['id', string],
  account: ['account', string],
  subject: ['subject', string],
  status: ['status', text<FindingRecord['status']>()],
  into: ['into', string, 'optional'],
  start: ['start', number],
  end: ['end', number],
  last: ['last', number],
  at: [
    'at',
    shape<{ account: string; subject: string; start: number }>({
      account: ['account', string],
      subject: ['subject', string],
      start: ['start', number],
    }),
    'optional',
  ],
  members: ['members', list(assessment)],
  truncated: ['truncated', mark, 'optional'],
  score: ['score', number],
  severity: ['severity', text<Severity>()],
});

const MARKS = { finding: '!', 'leaked-key': '#' } as const;

/** A sighting as `<ms in base 36>.<id>`, 17 bytes; `!` in place of the dot marks it suspect, `#` so by a leaked key. */
const sighting: Codec<Sighting> = {
  pack: ({ at, id, suspect }) => `${at.toString(36)}${suspect === undefined ? '.' : MARKS[suspect]}${id}`,
  unpack(stored) {
    const [, at = '', separator, id = ''] = /^(-?[0-9a-z]+)([.!#])(.*)$/su.exec(string.unpack(stored)) ?? [];
    if (separator === undefined) throw new TypeError(`expected a sighting, found ${JSON.stringify(stored)}`);
    const found = { at: Number.parseInt(at, 36), id };
    if (separator === '.') return found;
    return { ...found, suspect: separator === '#' ? 'leaked-key' : 'finding' };
  },
};

/** What a fact sheet has seen, as stored: `dimension:value` → sighting. */
export const seenCodec: Codec<FactSheet['seen']> = {
  pack: (seen) => Object.fromEntries(Object.entries(seen).map(([key, value]) => [key, sighting.pack(value)])),
  unpack(stored) {
    if (!isRecord(stored)) throw new TypeError('expected an object');
    return Object.fromEntries(
      Object.entries(stored).map(([key, value]) => {
        try {
          return [key, sighting.unpack(value)];
        } catch (error) {
          throw placed(`["${key}"]`, error);
        }
      }),
    );
  },
};
