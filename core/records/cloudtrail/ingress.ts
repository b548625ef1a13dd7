import type { IngressRule } from '../../activity/activity.ts';
import { links, type Reader } from './call.ts';
import { get, items, text, textOf } from './read.ts';

/** Rules kept of one call; a security group holds 60 by default. */
const MAX_RULES = 100;

/** Port of a rule; absent where every port is meant (`-1`, or protocol `-1`). */
function port(value: unknown): number | undefined {
  const written = Number(text(value) ?? Number.NaN);
  return Number.isInteger(written) && written >= 0 && written <= 65_535 ? written : undefined;
}

function rule(group: string, source: string | undefined, from: unknown, fromGroup?: true): IngressRule[] {
  if (source === undefined) return [];
  const protocol = textOf(from, 'ipProtocol') ?? '-1';
  const first = protocol === '-1' ? undefined : port(get(from, 'fromPort'));
  const last = protocol === '-1' ? undefined : port(get(from, 'toPort'));
  return [
    {
      group,
      protocol,
      source,
      ...(fromGroup && { fromGroup }),
      ...(first !== undefined && { fromPort: first }),
      ...(last !== undefined && { toPort: last }),
    },
  ];
}

/** One rule per source of one permission, in the nested and in the flat form. */
function rulesOf(group: string, permission: unknown): IngressRule[] {
  const sources = [
    textOf(permission, 'cidrIp', 'cidrIpv4'),
    textOf(permission, 'cidrIpv6'),
    ...items(get(permission, 'ipRanges')).map((each) => textOf(each, 'cidrIp') ?? text(each)),
    ...items(get(permission, 'ipv6Ranges')).map((each) => textOf(each, 'cidrIpv6') ?? text(each)),
    ...items(get(permission, 'prefixListIds')).map((each) => textOf(each, 'prefixListId') ?? text(each)),
    textOf(permission, 'prefixListId'),
  ];
  const groups = [
    ...[...items(get(permission, 'groups')), ...items(get(permission, 'userIdGroupPairs'))].map((each) =>
      textOf(each, 'groupId', 'groupName'),
    ),
    textOf(permission, 'sourceSecurityGroupName', 'referencedGroupId'),
    textOf(get(permission, 'referencedGroupInfo'), 'groupId'),
  ];
  return [
    ...sources.flatMap((source) => rule(group, source, permission)),
    ...groups.flatMap((source) => rule(group, source, permission, true)),
  ];
}

/** Inbound rules added; the response's rule set is the same in every form of the call, so it comes first. */
export const openIngress: Reader = ({ request, response }) => {
  const id = textOf(request, 'groupId', 'groupName');
  const answered = items(get(response, 'securityGroupRuleSet'))
    .filter((each) => get(each, 'isEgress') !== true)
    .flatMap((each) => rulesOf(textOf(each, 'groupId') ?? id ?? '', each));
  const group = id ?? answered[0]?.group;
  const asked = [request, ...items(get(request, 'ipPermissions'))].flatMap((each) =>
    rulesOf(group ?? '', each),
  );
  return {
    links: links('security-group', 'changed', [group]),
    ingress: (answered.length > 0 ? answered : asked).slice(0, MAX_RULES),
  };
};

/** Inbound rules taken away; the console names them by ids of their own, and only the response says what they were. */
export const closeIngress: Reader = ({ request, response }) => {
  const answered = items(get(response, 'revokedSecurityGroupRuleSet'));
  const group = textOf(answered[0], 'groupId') ?? textOf(request, 'groupId', 'groupName');
  const asked = [request, ...items(get(request, 'ipPermissions'))];
  const rules = (answered.length > 0 ? answered : asked).flatMap((each) => rulesOf(group ?? '', each));
  return { links: links('security-group', 'changed', [group]), ingress: rules.slice(0, MAX_RULES) };
};

/** A rule rewritten in place; the record does not say whether it is inbound, so it is taken as such. */
export const modifyRules: Reader = ({ request }) => {
  const group = textOf(request, 'groupId');
  const rules = [...items(get(request, 'securityGroupRules')), ...items(get(request, 'securityGroupRule'))];
  return {
    links: links('security-group', 'changed', [group]),
    ingress: rules
      .flatMap((each) => rulesOf(group ?? '', get(each, 'securityGroupRule') ?? each))
      .slice(0, MAX_RULES),
  };
};
