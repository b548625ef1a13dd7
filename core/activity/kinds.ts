import type { ResourceType } from './resources.ts';

/** What code asks of a kind of activity: whether it does this. Each question is put here once, and all who ask mean the same. */
export type Deed =
  /** Starts instances. */
  | 'launch'
  /** Tells a service what to launch, or how many. */
  | 'plan'
  /** Copies a disk's data into a new place: what ATT&CK calls Create Snapshot. */
  | 'copy'
  /** Takes that data off a volume or instance itself, not off an earlier copy. */
  | 'take'
  /** Makes a snapshot or image, whatever for. */
  | 'make'
  /** Makes something of a snapshot or image. */
  | 'reuse'
  /** Brings data onto an instance. */
  | 'bring'
  /** Puts instances into security groups. */
  | 'join'
  /** Adds a way into a security group. */
  | 'open'
  /** May change how open one instance stands; its attributes say whether (`isPosture`). */
  | 'posture'
  /** Gives somebody access to a snapshot or image. */
  | 'share'
  /** Shows that somebody has access: it was given to them, or they used it. */
  | 'admit'
  /** Takes access back. */
  | 'unshare'
  /** Clears a copy away, or access to it. */
  | 'clear'
  /** Takes a resource out of use for now. */
  | 'pause'
  /** Leaves a resource no more. */
  | 'end'
  /** Writes a disk into a bucket. */
  | 'export'
  /** Is told as the beginning of what its maker, or others, then do. */
  | 'precede'
  /** Is what a thief does first. */
  | 'prepare'
  /** Is in no record: it was only seen later, and teaches nothing of whoever did it. */
  | 'unrecorded'
  /** Is judged by what its subject did before, or looked at by such a judgement. */
  | 'look back'
  /** Is compared with what its subject, its role and its circles are known for. */
  | 'compare';

/** Techniques of ATT&CK that a kind can be by itself. */
export type TechniqueId =
  | 'T1136.003'
  | 'T1535'
  | 'T1537'
  | 'T1578.001'
  | 'T1578.002'
  | 'T1578.003'
  | 'T1578.004'
  | 'T1578.005'
  | 'T1651';

/** How a kind is called in a sentence: infinitive, past, object. */
type Words = readonly [infinitive: string, past: string, object: string];

type Row = readonly [
  about: ResourceType | null,
  words: Words,
  technique: TechniqueId | null,
  does: readonly Deed[],
];

/**
 * Every kind of activity, and its answer to everything that code asks of kinds. The union is this table, so a new kind has
 * answered before anyone can use it. The CloudTrail names behind each are listed in core/records/cloudtrail/events.ts.
 */
// biome-ignore format: one line a kind, in columns
const TABLE = {
  'instance.launch':       ['instance',        ['launch', 'launched', 'instances'],                       'T1578.002', ['launch', 'bring', 'reuse', 'join', 'look back', 'compare']],
  'instance.start':        ['instance',        ['start', 'started', 'instances'],                         null,        []],
  'instance.stop':         ['instance',        ['stop', 'stopped', 'instances'],                          null,        ['pause']],
  'instance.terminate':    ['instance',        ['terminate', 'terminated', 'instances'],                  'T1578.003', ['end']],
  'instance.modify':       ['instance',        ['change', 'changed', 'an instance'],                      'T1578.005', ['posture', 'join', 'compare']],
  'instance.replace-root': ['instance',        ['replace', 'replaced', 'the root volume of an instance'], 'T1578.004', ['bring', 'reuse', 'compare']],
  'instance.observe':      ['instance',        ['launch', 'launched', 'instances'],                       'T1578.002', ['bring', 'reuse', 'join', 'unrecorded', 'compare']],
  'instance.drift':        ['instance',        ['change', 'changed', 'an instance'],                      'T1578.005', ['bring', 'unrecorded', 'compare']],
  'instance.export':       ['instance',        ['export', 'exported', 'an instance'],                     'T1537',     ['export', 'look back', 'compare']],
  'instance.run':         ['instance',        ['run', 'ran', 'code on an instance'],                      'T1651',     ['posture', 'compare']],
  'instance.enter':       ['instance',        ['make', 'made', 'a way into an instance'],                 null,        ['posture', 'compare']],
  'snapshot.create':       ['snapshot',        ['create', 'created', 'a snapshot'],                       'T1578.001', ['copy', 'take', 'make', 'look back', 'compare']],
  'snapshot.copy':         ['snapshot',        ['copy', 'copied', 'a snapshot'],                          'T1578.001', ['copy', 'make', 'reuse', 'look back', 'compare']],
  'snapshot.share':        ['snapshot',        ['share', 'shared', 'a snapshot'],                         'T1537',     ['share', 'admit', 'look back', 'compare']],
  'snapshot.unshare':      ['snapshot',        ['unshare', 'unshared', 'a snapshot'],                     null,        ['unshare', 'clear', 'look back']],
  'snapshot.delete':       ['snapshot',        ['delete', 'deleted', 'a snapshot'],                       null,        ['end', 'clear', 'look back']],
  'snapshot.restore':      ['snapshot',        ['restore', 'restored', 'a snapshot'],                     null,        []],
  'snapshot.link':        ['snapshot',        ['make', 'made', 'a download link for a disk'],             'T1537',     ['export', 'look back', 'compare']],
  'snapshot.use':          ['snapshot',        ['use', 'used', 'a shared snapshot'],                      'T1537',     ['admit']],
  'volume.create':         ['volume',          ['create', 'created', 'a volume'],                         null,        ['reuse']],
  'volume.copy':           ['volume',          ['copy', 'copied', 'a volume'],                            'T1578.001', ['copy', 'take', 'look back', 'compare']],
  'volume.attach':         ['volume',          ['attach', 'attached', 'a volume'],                        null,        ['bring', 'compare']],
  'volume.detach':         ['volume',          ['detach', 'detached', 'a volume'],                        null,        ['pause']],
  'volume.delete':         ['volume',          ['delete', 'deleted', 'a volume'],                         null,        ['end', 'clear']],
  'image.create':          ['image',           ['create', 'created', 'an image'],                         'T1578.001', ['copy', 'take', 'make', 'reuse', 'look back', 'compare']],
  'image.copy':            ['image',           ['copy', 'copied', 'an image'],                            null,        ['make', 'look back']],
  'image.share':           ['image',           ['share', 'shared', 'an image'],                           'T1537',     ['share', 'admit', 'look back', 'compare']],
  'image.unshare':         ['image',           ['unshare', 'unshared', 'an image'],                       null,        ['unshare', 'clear', 'look back']],
  'image.delete':          ['image',           ['deregister', 'deregistered', 'an image'],                null,        ['end', 'clear', 'look back']],
  'image.export':          ['image',           ['export', 'exported', 'an image'],                        'T1537',     ['export', 'look back', 'compare']],
  'template.change':       ['launch-template', ['change', 'changed', 'a launch template'],                null,        ['plan', 'reuse', 'join', 'look back', 'compare']],
  'fleet.change':          ['fleet',           ['change', 'changed', 'a fleet'],                          null,        ['plan', 'look back', 'compare']],
  'security-group.create': ['security-group', ['create', 'created', 'a security group'],                 null,        ['precede']],
  'security-group.delete': ['security-group',  ['delete', 'deleted', 'a security group'],                 null,        []],
  'ingress.open':          ['security-group',  ['open', 'opened', 'a security group'],                    null,        ['open', 'prepare', 'compare']],
  'ingress.close':         ['security-group',  ['close', 'closed', 'a security group'],                   null,        []],
  'profile.attach':        ['instance',        ['attach', 'attached', 'an instance profile'],             null,        ['posture', 'compare']],
  'address.associate':     ['instance',        ['associate', 'associated', 'a public address'],           null,        ['posture', 'compare']],
  'metadata.change':       ['instance',        ['change', 'changed', 'metadata options'],                 'T1578.005', ['posture', 'compare']],
  'key-pair.create':       ['key-pair',        ['create', 'created', 'a key pair'],                       null,        ['prepare', 'look back', 'compare']],
  'guardrail.disable':     [null,              ['disable', 'disabled', 'a guardrail'],                    'T1578.005', ['prepare', 'look back', 'compare']],
  'coverage.disable':      [null,              ['disable', 'disabled', 'coverage'],                       null,        ['prepare', 'compare']],
  'access.gain':           [null,              ['become', 'became', 'able to launch'],                     null,        ['unrecorded']],
  'coverage.lose':         [null,              ['lose', 'lost', 'coverage'],                              null,        ['unrecorded']],
  'account.create':       [null,              ['create', 'created', 'an account'],                        null,        ['prepare', 'compare']],
  'region.enable':         [null,              ['enable', 'enabled', 'a Region'],                         'T1535',     ['prepare', 'compare']],
  'quota.request':         [null,              ['request', 'requested', 'a higher quota'],                'T1578.005', ['prepare', 'compare']],
  'identity.create':       [null,              ['create', 'created', 'an identity'],                      'T1136.003', ['precede']],
  'identity.grant':        [null,              ['grant', 'granted', 'rights'],                            null,        ['precede']],
  'credential.change':     ['access-key',      ['change', 'changed', 'an access key'],                     null,        []],
  'session.open':          [null,              ['open', 'opened', 'a console session'],                   null,        ['look back']],
  'tag.delete':            [null,              ['delete', 'deleted', 'tags'],                             null,        []],
} as const satisfies Record<string, Row>;

export type Kind = keyof typeof TABLE;

const ROWS: Readonly<Record<Kind, Row>> = TABLE;

export const KINDS = Object.keys(TABLE) as readonly Kind[];

/** Kinds that do any of some things, in the order of the table. */
export const kindsThat = (...deeds: readonly Deed[]): readonly Kind[] =>
  KINDS.filter((kind) => ROWS[kind][3].some((deed) => deeds.includes(deed)));

/** Whether a kind does something. */
export const does = (kind: Kind, deed: Deed): boolean => ROWS[kind][3].includes(deed);

/** Type of the resource that a kind is about; null where it is the account's, or an identity's. */
export const aboutOf = (kind: Kind): ResourceType | null => ROWS[kind][0];

/** How a kind is called in a sentence. */
export const wordsOf = (kind: Kind): Words => ROWS[kind][1];

/** The technique that a kind is by itself; null where it is an ordinary part of many. */
export const techniqueOf = (kind: Kind): TechniqueId | null => ROWS[kind][2];
