import { type Activity, linked } from '../../core/activity/activity.ts';
import type { Actor } from '../../core/activity/actor.ts';
import { does } from '../../core/activity/kinds.ts';
import { isAccountId, shellWord } from '../aws-ids.ts';
import { shown } from '../shown.ts';
import { closesNamed, type Standing } from './standing.ts';
import type { Containment } from './step.ts';

/** Names that a record may put into a command: what Azure and Google allow, and nothing that a shell reads. */
const GUID = '[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}';
const NAME = '[a-z0-9][a-z0-9._-]{0,79}';
const AZURE_ID = new RegExp(
  `^/subscriptions/${GUID}/resourcegroups/[a-z0-9._()-]{1,90}/providers/microsoft\\.(?:compute|network)/([a-z]+)/${NAME}$`,
);
const GOOGLE_NAME =
  /^projects\/([a-z][a-z0-9-]{4,28}[a-z0-9])\/zones\/([a-z0-9-]{1,40})\/instances\/([a-z0-9-]{1,63})$/;
const OBJECT = new RegExp(`(?:^|/)(${GUID})$`);
const PROJECT = /^[a-z][a-z0-9-]{4,28}[a-z0-9]$/;
const SERVICE_ACCOUNT = /^[\w.-]{1,80}@[\w.-]{1,120}\.gserviceaccount\.com$/;
const KEY = /^[0-9a-f]{20,64}$/;
/** `roles/owner to user:bob@example.com`, as the detail of a grant says. */
const GIVEN = /^(roles\/[\w.]{1,80}) to ((?:user|serviceAccount|group):[\w.@-]{3,160})$/;

/** The same of a share: also everybody, a whole domain, or who else is at home somewhere. */
const SHARED =
  /^((?:projects\/[a-z0-9-]{6,30}\/|organizations\/\d{1,20}\/)?roles\/[\w.]{1,80}) to (allUsers|allAuthenticatedUsers|(?:user|serviceAccount|group|domain):[\w.@-]{3,160})$/;
const GOOGLE_COPY =
  /^projects\/([a-z][a-z0-9-]{4,28}[a-z0-9])\/(global|zones|regions)\/(?:([a-z0-9-]{1,40})\/)?(images|snapshots|disks|machineImages)\/([a-z0-9-]{1,63})$/;

/** Whether an account is one of AWS. */
export const isOfAws = ({ account }: Pick<Activity, 'account'>): boolean => isAccountId(account);

/** What stops a story on Azure or Google, in the order in which AWS's is stopped: doors, credentials, machines. */
export const cloudSteps = (standing: Standing): Containment[] => [
  ...standing.suspicious.flatMap((each) => sharesTaken(each, standing)),
  ...standing.suspicious.flatMap(galleriesClosed),
  ...standing.suspicious.flatMap((each) => linksRevoked(each, standing)),
  ...standing.suspicious.flatMap((each) => rulesOff(each, standing)),
  ...standing.suspicious.flatMap(rightsTaken),
  ...standing.suspicious.flatMap(disabled),
  ...standing.suspicious.flatMap((each) => stopped(each, standing)),
];

/** A download link works until it is revoked, whoever has it. */
function linksRevoked({ kind, account, links }: Activity, { gone }: Standing): Containment[] {
  if (kind !== 'snapshot.link') return [];
  return links.flatMap(({ id }): Containment[] => {
    const [, type] = AZURE_ID.exec(id) ?? [];
    if ((type !== 'disks' && type !== 'snapshots') || gone.has(id)) return [];
    const call = `az ${type === 'disks' ? 'disk' : 'snapshot'} revoke-access --ids ${shellWord(id)}`;
    return [
      {
        why: 'Revoke the download link (what was downloaded is gone)',
        account,
        commands: [call],
        undo: 'make a new link',
      },
    ];
  });
}

const GALLERY = new RegExp(
  `^/subscriptions/(${GUID})/resourcegroups/([a-z0-9._()-]{1,90})/providers/microsoft\\.compute/galleries/(${NAME})$`,
);

/** A gallery is shared as a whole, and taken back as a whole. */
function galleriesClosed({ kind, account, links, share }: Activity): Containment[] {
  if (kind !== 'image.share' || share === undefined) return [];
  return links.flatMap(({ id }): Containment[] => {
    const [, subscription, group, gallery] = GALLERY.exec(id) ?? [];
    if (subscription === undefined || group === undefined) return [];
    return [
      {
        why: 'Take the sharing of the gallery back (copies made elsewhere stay there)',
        account,
        commands: [
          `az sig share reset --gallery-name ${gallery} --resource-group ${shellWord(group)} --subscription ${subscription}`,
        ],
        undo: 'share it again with whoever had it',
      },
    ];
  });
}

/** Takes back what others than the project's own may use, unless the policy has been set again since: it is told as a whole each time. */
function sharesTaken(activity: Activity, { all, gone }: Standing): Containment[] {
  const { kind, account, at, links, detail = '' } = activity;
  if (!does(kind, 'share')) return [];
  return links.flatMap(({ id }): Containment[] => {
    const [, project, scope, place, type = '', name] = GOOGLE_COPY.exec(id) ?? [];
    const isLast = !all.some(
      (each) => does(each.kind, 'share') && each.at > at && each.links.some((link) => link.id === id),
    );
    if (project === undefined || gone.has(id) || !isLast) return [];
    const where = scope === 'global' ? '' : ` --${scope === 'zones' ? 'zone' : 'region'} ${place}`;
    const on = type === 'machineImages' ? 'machine-images' : type;
    const calls = detail.split(', ').flatMap((each): ((verb: string) => string)[] => {
      const [, role, member = ''] = SHARED.exec(each) ?? [];
      if (role === undefined || member.endsWith(`@${project}.iam.gserviceaccount.com`)) return [];
      return [
        (verb) =>
          `gcloud compute ${on} ${verb}-iam-policy-binding ${name} --project ${project}${where} --member ${shellWord(member)} --role ${role}`,
      ];
    });
    if (calls.length === 0) return [];
    return [
      {
        why: 'Take the sharing back from whoever is not yours (copies made elsewhere stay there)',
        account,
        commands: calls.map((call) => call('remove')),
        undo: calls.map((call) => call('add')).join('; '),
      },
    ];
  });
}

/** Rules by which the world comes in, unless the group or rule has been closed since. */
function rulesOff(opening: Activity, { all }: Standing): Containment[] {
  const { kind, account, links, detail = '', action } = opening;
  if (kind !== 'ingress.open') return [];
  const groups = links.filter(({ type }) => type === 'security-group').map(({ id }) => id);
  const isClosed = (id: string): boolean => all.some((each) => closesNamed(each, opening, id));
  const open = groups.filter((id) => !isClosed(id));
  if (open.length === 0) return [];
  if (action.startsWith('microsoft.'))
    return open
      .filter((id) => AZURE_ID.test(id) && new RegExp(`^${NAME}$`).test(detail))
      .map((id) => ({
        why: 'Delete the rule that lets the world in',
        account,
        commands: [`az network nsg rule delete --ids ${shellWord(`${id}/securityRules/${detail}`)}`],
        undo: 'make the rule again: it is in the record',
      }));
  if (!PROJECT.test(account) || !/^[a-z][a-z0-9-]{0,62}$/.test(detail)) return [];
  const call = `gcloud compute firewall-rules update ${detail} --project ${account}`;
  return [
    {
      why: 'Switch the rule off that lets the world in',
      account,
      commands: [`${call} --disabled`],
      undo: `${call} --no-disabled`,
    },
  ];
}

/** Rights that were given in the story. */
function rightsTaken({ kind, account, detail = '', links }: Activity): Containment[] {
  if (kind !== 'identity.grant') return [];
  const [, role, member] = GIVEN.exec(detail) ?? [];
  if (role !== undefined && member !== undefined && PROJECT.test(account)) {
    const call = (verb: string): string =>
      `gcloud projects ${verb}-iam-policy-binding ${account} --member ${shellWord(member)} --role ${role}`;
    return [{ why: 'Take the rights back', account, commands: [call('remove')], undo: call('add') }];
  }
  return links.flatMap(({ id }): Containment[] => {
    const [, object] = OBJECT.exec(id) ?? [];
    if (object === undefined) return [];
    const call = `--assignee ${object} --subscription ${account}`;
    return [
      {
        why: 'List the rights of whoever was given some, then delete what nobody asked for, by its id',
        account,
        commands: [`az role assignment list --all ${call} -o table`, '# az role assignment delete --ids ID'],
      },
    ];
  });
}

/** Takes its credentials from whoever acted. */
function disabled({ actor, account }: Activity): Containment[] {
  const [, object] = OBJECT.exec(actor.key) ?? [];
  if (object !== undefined) return [ofEntra(actor, object, account)];
  if (SERVICE_ACCOUNT.test(actor.key)) return ofServiceAccount(actor, account);
  if (actor.class !== 'human' || !PROJECT.test(account)) return [];
  return [
    {
      why: `Suspend ${shown(actor.key, 80)} in the Admin console of Workspace or Cloud Identity, and reset the sign-in cookies; if the address is not yours, take its rights away`,
      account,
      commands: [],
    },
  ];
}

function ofEntra({ class: sort }: Actor, object: string, account: string): Containment {
  if (sort === 'human' || sort === 'foreign-account') {
    const call = `az ad user update --id ${object} --account-enabled`;
    return {
      why: 'Disable the person in the directory and end the sessions',
      account,
      commands: [
        `${call} false`,
        `az rest --method POST --url https://graph.microsoft.com/v1.0/users/${object}/revokeSignInSessions`,
      ],
      undo: `${call} true`,
    };
  }
  const call = `az ad sp update --id ${object} --set accountEnabled=`;
  return {
    why: 'Disable the application in the directory',
    account,
    commands: [`${call}false`],
    undo: `${call}true`,
  };
}

function ofServiceAccount({ key, accessKey = '', class: sort }: Actor, account: string): Containment[] {
  // a service's own account cannot be disabled: whoever changed what is behind it is asked
  if (sort === 'service' || !PROJECT.test(account)) return [];
  const ofKey = KEY.test(accessKey);
  const call = (verb: string): string =>
    ofKey
      ? `gcloud iam service-accounts keys ${verb} ${accessKey} --iam-account ${key} --project ${account}`
      : `gcloud iam service-accounts ${verb} ${key} --project ${account}`;
  return [
    {
      why: ofKey ? 'Disable the key' : 'Disable the service account (its own work stops, too)',
      account,
      commands: [call('disable')],
      undo: call('enable'),
    },
  ];
}

/** Stops machines that were launched, or that copied data was brought to, and are still there. */
function stopped(activity: Activity, { gone, robbed }: Standing): Containment[] {
  const { kind, account } = activity;
  if (!does(kind, 'bring')) return [];
  const machines = [...linked(activity, 'instance', 'made'), ...linked(activity, 'instance', 'changed')];
  return machines
    .filter((id) => !gone.has(id) && !robbed.has(id))
    .flatMap((id): Containment[] => {
      const [, project, zone, name] = GOOGLE_NAME.exec(id) ?? [];
      const isAzure = AZURE_ID.exec(id)?.[1] === 'virtualmachines';
      if (!isAzure && name === undefined) return [];
      const call = (verb: 'start' | 'stop'): string =>
        isAzure
          ? `az vm ${verb === 'stop' ? 'deallocate' : verb} --ids ${shellWord(id)}`
          : `gcloud compute instances ${verb} ${name} --zone ${zone} --project ${project}`;
      return [
        {
          why: 'Stop the machine (what is in its memory is lost, its disks stay)',
          account,
          commands: [call('stop')],
          undo: call('start'),
        },
      ];
    });
}
