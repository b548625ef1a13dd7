import { describe, expect, it } from 'vitest';
import type { Activity } from '../../core/activity/activity.ts';
import type { Evidence } from '../../core/signals/signal.ts';
import { containmentOf } from '../../tell/contain/containment.ts';
import { stillThere } from '../../tell/contain/still-there.ts';
import { aLaunch, anActivity, anActor, NOW, OTHER_ACCOUNT } from '../builders.ts';
import { aFinding, assessed, evidence } from '../findings.ts';

const I = 'i-00000000000000001';
const SNAP = 'snap-00000000000000001';
const SG = 'sg-00000000000000001';
const MALLORY = anActor({ arn: 'arn:aws:iam::111122223333:role/Mallory', label: 'role/Mallory' });

let minute = 0;
const call = (kind: Activity['kind'], over: Partial<Activity> = {}): Activity => {
  minute += 1;
  return anActivity({ kind, at: NOW + minute * 60_000, actor: MALLORY, ...over });
};
const made = (type: 'instance' | 'snapshot' | 'volume' | 'image' | 'access-key', id: string) =>
  ({ type, id, role: 'made' }) as const;
const changed = (
  type: 'instance' | 'snapshot' | 'security-group' | 'auto-scaling-group' | 'fleet',
  id: string,
) => ({ type, id, role: 'changed' }) as const;
const launched = (id = I) => call('instance.launch', { launch: aLaunch(), links: [made('instance', id)] });
const opened = (source = '0.0.0.0/0') =>
  call('ingress.open', {
    links: [changed('security-group', SG)],
    ingress: [{ group: SG, protocol: 'tcp', fromPort: 22, toPort: 22, source }],
  });

const told = (...members: readonly (readonly [Activity, readonly Evidence[]])[]) =>
  containmentOf(aFinding(members.map(([activity, why]) => assessed(activity, why))));
const lines = (steps: ReturnType<typeof told>): string =>
  steps.map(({ why, commands, undo }) => [`# ${why}`, ...commands, `undo: ${undo}`].join('\n')).join('\n');
const BURST = [evidence('launch-burst', 'x')];

it('asks who is behind a service only where the story does not know', () => {
  const autoScaling = anActor({
    arn: 'arn:aws:iam::111122223333:role/aws-service-role/autoscaling.amazonaws.com/AWSServiceRoleForAutoScaling',
    label: 'role/AWSServiceRoleForAutoScaling',
    class: 'service',
  });
  const change = call('fleet.change', { links: [changed('auto-scaling-group', 'web')] });
  const launch = { ...launched(), actor: autoScaling };
  const alone = assessed(launch, BURST);
  const { id, at, account, actor } = change;
  const follows = { id, at, account, subject: actor.key };
  const whys = (...members: (typeof alone)[]) => containmentOf(aFinding(members)).map(({ why }) => why);
  expect(whys(alone)).toContainEqual(expect.stringMatching(/^An AWS service acted: find who/));
  expect(whys(assessed(change, BURST), { ...alone, follows })).not.toContainEqual(
    expect.stringMatching(/^An AWS service acted/),
  );
});

describe('what is left of a story', () => {
  const left = (...members: readonly (readonly [Activity, readonly Evidence[]])[]) =>
    stillThere(aFinding(members.map(([activity, why]) => assessed(activity, why))));

  it('is what was made, opened and shared, and what has gone since is said', () => {
    const share = call('snapshot.share', {
      links: [changed('snapshot', SNAP)],
      share: { accounts: [OTHER_ACCOUNT], organisations: [], public: false },
    });
    expect(
      left(
        [launched(), BURST],
        [launched('i-00000000000000002'), BURST],
        [call('snapshot.create', { links: [made('snapshot', SNAP)] }), BURST],
        [share, BURST],
        [opened(), BURST],
        [call('instance.terminate', { links: [{ type: 'instance', id: I, role: 'changed' }] }), BURST],
      ),
    ).toEqual([
      `Still there, as far as records tell: ${SNAP} (shared), ${SG} that lets in tcp 22 from 0.0.0.0/0, 1 instance (i-00000000000000002). Gone since: 1 instance (${I}).`,
    ]);
  });

  it('is counted where it is much', () => {
    const ids = [1, 2, 3, 4].map((digit) => `i-0000000000000000${digit}`);
    expect(left(...ids.map((id) => [launched(id), BURST] as const))).toEqual([
      'Still there, as far as records tell: 4 instances.',
    ]);
  });

  it('does not claim that what a service launched is still there, for nobody is told when it ends that', () => {
    const actor = anActor({ class: 'service', label: 'role/AWSServiceRoleForAutoScaling' });
    const byService = { ...launched('i-00000000000000009'), actor };
    expect(left([launched(), BURST], [byService, BURST])).toEqual([
      `Still there, as far as records tell: 1 instance (${I}), 1 instance that a service launched, but for those that it ended.`,
    ]);
  });

  it('leaves to a backup service which of its copies there are', () => {
    const actor = anActor({ invokedBy: 'backup.amazonaws.com', label: 'role/AWSBackupDefaultServiceRole' });
    const origin = { service: 'backup.amazonaws.com', agent: 'other' as const, console: false };
    const backup = { ...call('snapshot.create', { links: [made('snapshot', SNAP)] }), actor, origin };
    expect(left([backup, BURST])).toEqual([
      'Still there, as far as records tell: 1 copy that a service made, but for those that it deleted.',
    ]);
    const steps = told([backup, BURST]);
    expect(steps.flatMap(({ commands }) => commands).join()).not.toContain(SNAP);
    expect(lines(steps)).toContain(`have it keep them: ${SNAP}`);
  });

  it('is none of what a call outside of the story ended', () => {
    const record = aFinding([assessed(launched(), BURST)]);
    const end = call('instance.terminate', { links: [changed('instance', I)] });
    expect(stillThere(record, [end])).toEqual([
      `Nothing that it made is left, as far as records tell. Gone since: 1 instance (${I}).`,
    ]);
    expect(lines(containmentOf(record, [end]))).not.toContain('for i in');
  });

  it('is nothing where all is gone, and is not spoken of where nothing was done', () => {
    const end = call('instance.terminate', { links: [{ type: 'instance', id: I, role: 'changed' }] });
    expect(left([launched(), BURST], [end, BURST])).toEqual([
      `Nothing that it made is left, as far as records tell. Gone since: 1 instance (${I}).`,
    ]);
    expect(left([call('instance.launch', { outcome: 'denied', launch: aLaunch() }), BURST])).toEqual([]);
  });
});

describe('containment', () => {
  it('goes in the order of the runbook: data, doors, guards, credentials, automation, instances, copies', () => {
    const steps = told(
      [launched(), BURST],
      [call('guardrail.disable', { detail: 'block public access for snapshots' }), BURST],
      [opened(), BURST],
      [call('snapshot.create', { links: [made('snapshot', SNAP)] }), BURST],
      [
        call('snapshot.share', {
          links: [changed('snapshot', SNAP)],
          share: { accounts: [OTHER_ACCOUNT], organisations: [], public: false },
        }),
        BURST,
      ],
      [
        call('fleet.change', {
          links: [changed('auto-scaling-group', 'web')],
          plan: aLaunch({ count: 9 }),
        }),
        BURST,
      ],
    );
    expect(steps.map(({ why }) => why.split(/[ :(]/)[0])).toEqual([
      'Take',
      'Close',
      'Switch',
      'Revoke',
      'Suspend',
      'Keep',
      'Isolate',
      'Keep',
    ]);
    for (const { commands, undo } of steps) if (commands.length > 0) expect(undo).toBeTruthy();
  });

  it('has nothing to do with an instance that is gone, and says when it went', () => {
    const steps = lines(
      told([launched(), BURST], [call('instance.terminate', { links: [changed('instance', I)] }), []]),
    );
    expect(steps).not.toContain('for i in');
    expect(steps).toMatch(new RegExp(`# Terminated already, at 2026-06-15 12:\\d\\d:00Z: ${I}`));
  });

  it('leaves a copy alone that was deleted, and marks one that is there as evidence', () => {
    const copy = call('snapshot.create', { links: [made('snapshot', SNAP)] });
    const kept = `aws ec2 create-tags --region eu-west-1 --resources ${SNAP} --tags Key=evidence,Value=launchtrail`;
    expect(lines(told([copy, BURST]))).toContain(kept);
    const removed = call('snapshot.delete', { links: [changed('snapshot', SNAP)] });
    expect(lines(told([copy, BURST], [removed, []]))).not.toContain(SNAP);
  });

  it('names in a command only what the evidence is about, and the rest of the session apart', () => {
    const other = 'i-00000000000000002';
    const steps = told([launched(), BURST], [launched(other), []]);
    expect(steps.flatMap(({ commands }) => commands).join('\n')).not.toContain(other);
    expect(steps.map(({ why }) => why)).toContain(
      `Launched in the same session, with nothing against them: ${other}`,
    );
  });

  it('takes an instance that evidence cites for one it is about', () => {
    const cited = launched();
    const steps = lines(
      told([cited, []], [opened(), [{ ...evidence('new-instance-opened', 'x'), refs: [cited.id] }]]),
    );
    expect(steps).toContain(`for i in ${I}; do`);
  });

  it('closes a group by the rule that was added, unless someone has', () => {
    const opening = opened();
    expect(lines(told([opening, BURST]))).toContain(
      `aws ec2 revoke-security-group-ingress --region eu-west-1 --group-id ${SG} --ip-permissions '[{"IpProtocol":"tcp","FromPort":22,"ToPort":22,"IpRanges":[{"CidrIp":"0.0.0.0/0"}]}]'`,
    );
    expect(lines(told([opened('::/0'), BURST]))).toContain('"Ipv6Ranges":[{"CidrIpv6":"::/0"}]');
    const close = call('ingress.close', { links: [...opening.links], ingress: [...(opening.ingress ?? [])] });
    expect(lines(told([opening, BURST], [close, []]))).not.toContain('revoke-security-group');
    // another rule of the group is not this one
    const others = (opening.ingress ?? []).map((rule) => ({ ...rule, fromPort: 443, toPort: 443 }));
    expect(lines(told([opening, BURST], [{ ...close, ingress: others }, []]))).toContain(
      'revoke-security-group',
    );
    // what lets in one's own network is no way in for the world
    expect(lines(told([opened('10.0.0.0/8'), BURST]))).not.toContain('revoke-security-group');
  });

  it.each([
    ['EBS encryption by default', 'enable-ebs-encryption-by-default'],
    ['block public access for snapshots', 'enable-snapshot-block-public-access --state block-all-sharing'],
    ['block public access for images', 'enable-image-block-public-access'],
    ['allowed images', 'enable-allowed-images-settings'],
    ['instance metadata defaults: optional', 'modify-instance-metadata-defaults --http-tokens required'],
  ])('puts the guard %j on again', (detail, command) => {
    expect(lines(told([call('guardrail.disable', { detail }), BURST]))).toContain(`aws ec2 ${command}`);
  });

  it('takes a share of a database snapshot back by the call of RDS', () => {
    const share = (action: string) =>
      lines(
        told([
          call('snapshot.share', {
            action,
            links: [changed('snapshot', 'orders-copy')],
            share: { accounts: [OTHER_ACCOUNT], organisations: [], public: true },
          }),
          BURST,
        ]),
      );
    expect(share('rds:ModifyDBSnapshotAttribute')).toContain(
      `aws rds modify-db-snapshot-attribute --db-snapshot-identifier orders-copy --region eu-west-1 --attribute-name restore --values-to-remove all ${OTHER_ACCOUNT}`,
    );
    expect(share('rds:ModifyDBClusterSnapshotAttribute')).toContain(
      'modify-db-cluster-snapshot-attribute --db-cluster-snapshot-identifier orders-copy',
    );
  });

  it('says that a share was used, and that it is too late to take it back alone', () => {
    const share = call('snapshot.share', {
      links: [changed('snapshot', SNAP)],
      share: { accounts: [OTHER_ACCOUNT], organisations: [], public: false },
    });
    const use = call('snapshot.use', {
      links: [{ type: 'snapshot', id: SNAP, role: 'used' }],
      actor: anActor({ class: 'foreign-account', account: OTHER_ACCOUNT }),
    });
    expect(lines(told([share, BURST], [use, BURST]))).toMatch(
      new RegExp(`${OTHER_ACCOUNT} used it at .*: treat the data as gone`),
    );
    expect(lines(told([share, BURST]))).not.toContain('used it');
  });

  it('stops a fleet without ending what runs, and switches off a key that was made in the story', () => {
    const fleet = 'fleet-0123abcd-0123-0123-0123-0123456789ab';
    const change = call('fleet.change', { links: [changed('fleet', fleet)], plan: aLaunch({ count: 9 }) });
    expect(lines(told([change, BURST]))).toContain(
      `aws ec2 modify-fleet --region eu-west-1 --fleet-id ${fleet} --target-capacity-specification TotalTargetCapacity=0 --excess-capacity-termination-policy no-termination`,
    );
    const key = call('identity.create', {
      detail: 'backup-user',
      links: [made('access-key', 'AKIAEXAMPLEMALLORY22')],
    });
    expect(lines(told([key, BURST]))).toContain(
      'aws iam update-access-key --user-name backup-user --access-key-id AKIAEXAMPLEMALLORY22 --status Inactive',
    );
  });

  it('leaves an instance running that data was only copied from, and says so', () => {
    const builder = anActor({ key: 'AROABUILDER', arn: 'arn:aws:iam::111122223333:role/builder' });
    const source = call('instance.launch', {
      actor: builder,
      launch: aLaunch(),
      links: [made('instance', I)],
    });
    const image = call('image.create', {
      actor: builder,
      links: [{ type: 'instance', id: I, role: 'used' }, made('image', 'ami-0000000000000000a')],
    });
    const target = launched('i-00000000000000002');
    const why = [{ ...evidence('copied-data-exposed', 'x'), refs: [source.id, image.id] }];
    const steps = told([source, []], [image, []], [target, why]);
    expect(steps.flatMap(({ commands }) => commands).join('\n')).not.toContain(I);
    expect(steps.map(({ why }) => why)).toContain(
      `Copied from, and nothing speaks against them, so leave them running: ${I}`,
    );
    expect(lines(steps)).toContain('for i in i-00000000000000002; do');
    // whoever does so with an instance of their own keeps nothing from being isolated
    expect(lines(told([{ ...source, actor: MALLORY }, []], [image, []], [target, why]))).toContain(
      `for i in ${I} i-00000000000000002; do`,
    );
  });

  it('switches a key off once that was made in the story and used in it', () => {
    const used = 'AKIAEXAMPLEMALLORY22';
    const user = 'arn:aws:iam::111122223333:user/backup-user';
    const key = call('identity.create', { detail: 'backup-user', links: [made('access-key', used)] });
    const actor = anActor({ key: 'AIDABACKUP', arn: user, accessKey: used });
    const steps = told([key, BURST], [call('instance.launch', { actor, launch: aLaunch() }), BURST]);
    expect(lines(steps).match(/--status Inactive/g)).toHaveLength(1);
  });

  it('leaves a key alone that is off already, and not one that was switched on again', () => {
    const id = 'AKIAEXAMPLEMALLORY22';
    const arn = 'arn:aws:iam::111122223333:user/backup-user';
    const actor = anActor({ key: 'AIDABACKUP', arn, accessKey: id, credential: 'long-lived' });
    const key = call('identity.create', { detail: 'backup-user', links: [made('access-key', id)] });
    const record = aFinding(
      [key, call('instance.launch', { actor, launch: aLaunch() })].map((each) => assessed(each, BURST)),
    );
    const changes = (...statuses: (string | undefined)[]) =>
      statuses.map((detail) =>
        call('credential.change', {
          ...(detail !== undefined && { detail }),
          links: [{ type: 'access-key', id, role: 'changed' }],
        }),
      );
    const is = (ends: readonly Activity[], isOn: boolean): void => {
      expect(lines(containmentOf(record, ends)).includes(id)).toBe(isOn);
      const [left = ''] = stillThere(record, ends);
      expect(left.includes(`Still there, as far as records tell: 1 access key (${id})`)).toBe(isOn);
      expect(left.includes(`Gone since: 1 access key (${id})`)).toBe(!isOn);
    };
    is([], true);
    is(changes('Inactive'), false);
    is(changes(undefined), false);
    is(changes('Inactive', 'Active'), true);
    is(changes('Active', 'Inactive'), false);
    is(
      changes('Inactive').map((each) => ({ ...each, outcome: 'denied' as const })),
      true,
    );
  });

  it('has nothing to isolate where every attempt was refused', () => {
    const refused = call('instance.launch', { outcome: 'denied', links: [made('instance', I)] });
    expect(lines(told([refused, BURST]))).not.toContain(I);
  });
});
