import { describe, expect, it } from 'vitest';
import type { Activity } from '../../core/activity/activity.ts';
import type { FindingRecord } from '../../core/findings/finding.ts';
import { defaultPolicy } from '../../core/policy/policy.ts';
import { cloudAccount, normalised } from '../../simulate/clouds/account.ts';
import type { Cloud } from '../../simulate/clouds/deed.ts';
import type { StoryName } from '../../simulate/clouds/stories.ts';
import { containmentOf } from '../../tell/contain/containment.ts';
import { alertText } from '../../tell/message.ts';
import { foundIn } from '../clouds.ts';

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
const GUID = '[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}';

describe('containment on Azure', () => {
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
