import type { Activity, IngressRule } from '../../core/activity/activity.ts';
import { isWorldOpen } from '../../core/activity/world-open.ts';
import { ruleText } from '../../core/lineage/exposure.ts';
import { isSecurityGroupId, shellWord } from '../aws-ids.ts';
import { isOfAws } from './clouds.ts';
import { closesNamed, type Standing } from './standing.ts';
import type { Containment } from './step.ts';

/** Closes what lets the world in, by the very rules that were added, so that nobody reads on. */
export const closed = (standing: Standing): Containment[] =>
  openRules(standing).flatMap(({ rule, opening }) => revoke(rule, opening));

/** Rules that let the world in and that no later call took away, nor their group. */
export const openRules = ({
  suspicious,
  all,
  gone,
}: Standing): { readonly rule: IngressRule; readonly opening: Activity }[] =>
  suspicious
    .filter(({ kind }) => kind === 'ingress.open')
    .flatMap((opening) =>
      (opening.ingress ?? [])
        .filter((rule) => isWorldOpen(rule) && !gone.has(rule.group) && !isClosed(rule, opening, all))
        .map((rule) => ({ rule, opening })),
    );

const PROTOCOL = /^(-1|[a-z][a-z0-9]{1,7}|\d{1,3})$/;
const CIDR = /^[0-9a-fA-F.:]{2,45}\/\d{1,3}$/;

function revoke(rule: IngressRule, { account, region }: Activity): Containment[] {
  const { group, protocol, fromPort, toPort, source } = rule;
  if (!isSecurityGroupId(group) || !PROTOCOL.test(protocol) || !CIDR.test(source)) return [];
  const permission = {
    IpProtocol: protocol,
    ...(fromPort !== undefined && { FromPort: fromPort, ToPort: toPort ?? fromPort }),
    ...(source.includes(':') ? { Ipv6Ranges: [{ CidrIpv6: source }] } : { IpRanges: [{ CidrIp: source }] }),
  };
  const call = (verb: string): string =>
    `aws ec2 ${verb}-security-group-ingress --region ${region} --group-id ${group} --ip-permissions ${shellWord(JSON.stringify([permission]))}`;
  return [
    {
      why: `Close ${group}: take away the rule that lets in ${ruleText(rule)}`,
      account,
      commands: [call('revoke')],
      undo: 'the same with authorize-security-group-ingress',
    },
  ];
}

/** Whether a later call took the rule away again. */
const isClosed = (rule: IngressRule, opening: Activity, all: readonly Activity[]): boolean =>
  all.some((each) => {
    if (!isOfAws(opening)) return closesNamed(each, opening, rule.group);
    const { kind, at, ingress = [] } = each;
    return (
      kind === 'ingress.close' &&
      at > opening.at &&
      ingress.some(
        (other) =>
          other.group === rule.group &&
          other.source === rule.source &&
          other.protocol === rule.protocol &&
          other.fromPort === rule.fromPort &&
          other.toPort === rule.toPort,
      )
    );
  });

/** Guards by what a record's detail calls them: how they are switched on again, and off. */
const GUARDS: readonly (readonly [detail: RegExp, on: string, off: string])[] = [
  [/^EBS encryption by default$/, 'enable-ebs-encryption-by-default', 'disable-ebs-encryption-by-default'],
  [
    /^block public access for snapshots$/,
    'enable-snapshot-block-public-access --state block-all-sharing',
    'disable-snapshot-block-public-access',
  ],
  [
    /^block public access for images$/,
    'enable-image-block-public-access --image-block-public-access-state block-new-sharing',
    'disable-image-block-public-access',
  ],
  [
    /^allowed images$/,
    'enable-allowed-images-settings --allowed-images-settings-state enabled',
    'disable-allowed-images-settings',
  ],
  [
    /^instance metadata defaults: /,
    'modify-instance-metadata-defaults --http-tokens required',
    'modify-instance-metadata-defaults --http-tokens no-preference',
  ],
];

/** Puts guards of an account and Region back that were switched off. */
export function guardsOn({ suspicious }: Standing): Containment[] {
  return suspicious
    .filter(({ kind }) => kind === 'guardrail.disable')
    .flatMap(({ account, region, detail = '' }): Containment[] => {
      const guard = GUARDS.find(([name]) => name.test(detail));
      if (guard === undefined) return [];
      const [, on, off] = guard;
      return [
        {
          why: `Switch the guard on again in ${region}: ${detail.split(':')[0]}`,
          account,
          commands: [`aws ec2 ${on} --region ${region}`],
          undo: `aws ec2 ${off} --region ${region}`,
        },
      ];
    });
}
