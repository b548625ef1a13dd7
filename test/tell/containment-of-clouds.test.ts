import { describe, expect, it } from 'vitest';
import type { Activity } from '../../core/activity/activity.ts';
import type { FindingRecord } from '../../core/findings/finding.ts';
import { defaultPolicy } from '../../core/policy/policy.ts';
import type { Cloud } from '../../core/records/cloud.ts';
import { cloudAccount, normalised } from '../../simulate/clouds/account.ts';
import type { StoryName } from '../../simulate/clouds/stories.ts';
import { containmentOf } from '../../tell/contain/containment.ts';
import { alertText } from '../../tell/message.ts';
import { azureRecords, compute } from '../azure-records.ts';
import { anActivity } from '../builders.ts';
import { activitiesIn, foundIn } from '../clouds.ts';
import { aFinding, assessed, evidence } from '../findings.ts';
import { googleEntries } from '../google-records.ts';

/** The finding of a story that is told in a cloud. */
async function findingOf(cloud: Cloud, attack: StoryName, seed: number): Promise<FindingRecord> {
  const { deliveries, labels } = cloudAccount({ cloud, seed, stories: [attack] });
  const own = new Set(labels.flatMap(({ eventIDs }) => eventIDs));
  const activities = deliveries.flatMap(({ record }): Activity[] => {
    const read = normalised(cloud, record);
    return read?.ok ? [read.activity] : [];
  });
  const found = (await foundIn(activities)).find(({ members }) =>
    members.some(({ activity }) => own.has(activity.id)),
  );
  if (found === undefined) throw new Error(`${attack} was not found`);
  return found;
}

const commandsOf = (record: FindingRecord): string[] =>
  containmentOf(record).flatMap(({ commands }) => commands);
const SUBSCRIPTION = '1a2b3c4d-0000-4000-8000-000000000001';
const GUID = '[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}';

describe('containment on Azure', () => {
  it('takes back the sharing of a gallery, and of nothing that a shell could read', async () => {
    const shared = async (name: string): Promise<string[]> => {
      const [record] = await foundIn(
        activitiesIn(
          azureRecords([
            {
              operation: 'Microsoft.Compute/galleries/share/action',
              on: compute('rg', 'galleries', name),
              at: Date.parse('2026-03-02T10:00:00.000Z'),
              body: { operationType: 'Add', groups: [{ ids: ['99999999-0000-4000-8000-000000000001'] }] },
            },
          ]),
        ),
      );
      return record === undefined ? ['nothing found'] : commandsOf(record);
    };
    expect(await shared('images')).toContain(
      'az sig share reset --gallery-name images --resource-group rg --subscription 1a2b3c4d-0000-4000-8000-000000000001',
    );
    expect((await shared('$(id)')).filter((each) => each.startsWith('az sig'))).toEqual([]);
  });

  it('names the rule as long as it is there itself, whatever becomes of another of its group', () => {
    const group = `/subscriptions/${SUBSCRIPTION}/resourcegroups/rg/providers/microsoft.network/networksecuritygroups/web`;
    const account = SUBSCRIPTION;
    const links = [{ type: 'security-group', id: group, role: 'changed' }] as const;
    const on = (rule: string): string => `${group}/securityRules/${rule}`;
    const opening = anActivity({
      ...{ kind: 'ingress.open', account, links, detail: 'in-ssh', region: 'westeurope' },
      action: 'microsoft.network/networksecuritygroups/securityrules/write',
      ingress: [{ group, protocol: 'tcp', fromPort: 22, toPort: 22, source: '*' }],
    });
    const record = aFinding([assessed(opening, [evidence('new-instance-opened', 'x')])]);
    const closing = (detail?: string): Activity =>
      anActivity({
        ...{ kind: 'ingress.close', account, links, region: 'westeurope', at: opening.at + 60_000 },
        ...(detail !== undefined && { detail }),
      });
    const commands = (...ends: Activity[]): string =>
      containmentOf(record, ends)
        .flatMap((step) => step.commands)
        .join();
    expect(commands()).toContain(on('in-ssh'));
    expect(commands(closing('in-http'))).toContain(on('in-ssh'));
    expect(commands(closing('in-ssh'))).not.toContain(on('in-ssh'));
    expect(commands(closing())).not.toContain(on('in-ssh'));
  });

  it('deletes the rule, looks at the rights, disables the guest and stops the machine', async () => {
    const commands = commandsOf(await findingOf('azure', 'takeover', 12));
    const machine = `/subscriptions/${GUID}/resourcegroups/[a-z0-9-]+/providers/microsoft.compute/virtualmachines/[a-z0-9-]+`;
    for (const form of [
      `^az network nsg rule delete --ids /subscriptions/${GUID}/resourcegroups/[a-z0-9-]+/providers/microsoft.network/networksecuritygroups/[a-z0-9-]+/securityRules/in-[a-z0-9]+$`,
      `^az role assignment list --all --assignee ${GUID} --subscription ${GUID} -o table$`,
      `^az ad user update --id ${GUID} --account-enabled false$`,
      `^az vm deallocate --ids ${machine}$`,
    ])
      expect(
        commands.filter((each) => new RegExp(form).test(each)),
        form,
      ).not.toEqual([]);
    expect(commands.filter((each) => each.startsWith('aws '))).toEqual([]);
  });

  it('leaves out a machine that is gone, and names that a shell could read', async () => {
    const record = await findingOf('azure', 'foothold', 17);
    const first = record.members[0]?.activity as Activity;
    const ended = (id: string): FindingRecord => ({
      ...record,
      members: [
        ...record.members.map((member) => ({
          ...member,
          activity: {
            ...member.activity,
            links: member.activity.links.map((link) => (link.type === 'instance' ? { ...link, id } : link)),
          },
        })),
        ...(id.includes('$')
          ? []
          : [
              {
                activity: {
                  ...first,
                  id: 'end',
                  at: record.last + 1,
                  kind: 'instance.terminate' as const,
                  links: [{ type: 'instance' as const, id, role: 'changed' as const }],
                },
                evidence: [],
                score: 0,
              },
            ]),
      ],
    });
    const machines = (each: FindingRecord): string[] =>
      commandsOf(each).filter((command) => command.startsWith('az vm'));
    expect(machines(record)).not.toEqual([]);
    const [id = ''] = first.links.filter(({ type }) => type === 'instance').map((link) => link.id);
    expect(machines(ended(id))).toEqual([]);
    expect(machines(ended(`${id}$(reboot)`))).toEqual([]);
  });
});

describe('containment on Google', () => {
  it('switches the rule off, takes the rights back, and stops the machine, each with its way back', async () => {
    const steps = containmentOf(await findingOf('google', 'takeover', 12));
    const commands = steps.flatMap((step) => step.commands);
    for (const form of [
      /^gcloud compute firewall-rules update [a-z0-9-]+ --project [a-z0-9-]+ --disabled$/,
      /^gcloud projects remove-iam-policy-binding [a-z0-9-]+ --member user:[\w.@]+ --role roles\/owner$/,
      /^gcloud compute instances stop [a-z0-9-]+ --zone [a-z0-9-]+ --project [a-z0-9-]+$/,
    ])
      expect(
        commands.filter((each) => form.test(each)),
        String(form),
      ).toHaveLength(1);
    for (const { commands: own, undo } of steps) if (own.length > 0) expect(undo).toMatch(/^gcloud /);
  });

  it('disables the service account whose secret was used', async () => {
    const commands = commandsOf(await findingOf('google', 'takeover', 13));
    expect(commands.join('\n')).toMatch(
      /^gcloud iam service-accounts disable pipeline@example-project-[0-9a-f]+\.iam\.gserviceaccount\.com --project/m,
    );
  });
});

describe('a copy of Google that is shared', () => {
  const NOW = Date.parse('2026-03-02T10:00:00.000Z');
  const shareOf = (on: string, members: readonly string[], at = NOW) => ({
    method: `v1.compute.${on.split('/').at(-2)}.setIamPolicy`,
    on,
    at,
    single: true as const,
    request: { policy: { bindings: [{ role: 'roles/compute.storageAdmin', members }] } },
  });
  const stepsFor = async (...acts: Parameters<typeof googleEntries>[0]) => {
    const [record] = await foundIn(activitiesIn(googleEntries(acts)));
    if (record === undefined) throw new Error('nothing was found');
    return containmentOf(record).filter(({ why }) => why.startsWith('Take the sharing back'));
  };
  const BOB = 'user:bob@outside.example';
  const binding = (member: string): string => `--member ${member} --role roles/compute.storageAdmin`;

  it.each([
    ['global/snapshots/copy', 'snapshots', 'copy --project example-project'],
    ['global/images/copy', 'images', 'copy --project example-project'],
    ['global/machineImages/copy', 'machine-images', 'copy --project example-project'],
    ['zones/europe-west1-b/disks/data', 'disks', 'data --project example-project --zone europe-west1-b'],
    ['regions/europe-west1/disks/data', 'disks', 'data --project example-project --region europe-west1'],
  ])('is taken back from everybody and from strangers: %s', async (on, sort, name) => {
    const [step, ...others] = await stepsFor(
      shareOf(on, [BOB, 'allUsers', 'serviceAccount:web@example-project.iam.gserviceaccount.com']),
    );
    expect(others).toEqual([]);
    expect(step?.commands).toEqual(
      ['allUsers', BOB].map(
        (each) => `gcloud compute ${sort} remove-iam-policy-binding ${name} ${binding(each)}`,
      ),
    );
    expect(step?.undo).toContain(`gcloud compute ${sort} add-iam-policy-binding ${name} ${binding(BOB)}`);
  });

  it('is left alone where the policy was set again without them', async () => {
    const on = 'global/snapshots/copy';
    const steps = await stepsFor(
      shareOf(on, ['allUsers', BOB]),
      shareOf(on, ['user:eve@third.example'], NOW + 60_000),
    );
    expect(steps.flatMap(({ commands }) => commands)).toEqual([
      `gcloud compute snapshots remove-iam-policy-binding copy --project example-project ${binding('user:eve@third.example')}`,
    ]);
  });

  it('has no command that a name could add to', async () => {
    const steps = await stepsFor(shareOf('global/snapshots/copy', ['allUsers', 'user:bob@x.example;reboot']));
    expect(steps.flatMap(({ commands }) => commands).join()).not.toContain('reboot');
  });
});

it.each<[Cloud, StoryName]>([
  ['azure', 'theft'],
  ['google', 'theft'],
  ['azure', 'foothold'],
  ['google', 'foothold'],
])('a message about %s (%s) calls things by their names, and says nothing of AWS', async (cloud, attack) => {
  const { subject, body } = alertText(await findingOf(cloud, attack, 14), defaultPolicy);
  const [said = ''] = body.split('CONTAINMENT');
  expect(`${subject}\n${said}`).not.toMatch(/AWS|unknown|\/subscriptions\/|projects\//);
});
