import { describe, expect, it } from 'vitest';
import { activityOf } from './cloudtrail-record.ts';

const authorize = (requestParameters: unknown, responseElements: unknown = { _return: true }, change = {}) =>
  activityOf({ eventName: 'AuthorizeSecurityGroupIngress', requestParameters, responseElements, ...change });

describe('AuthorizeSecurityGroupIngress', () => {
  it('reads the nested form with every sort of source', () => {
    const { ingress, links } = authorize({
      groupId: 'sg-1',
      ipPermissions: {
        items: [
          {
            ipProtocol: 'tcp',
            fromPort: 22,
            toPort: '22',
            ipRanges: { items: [{ cidrIp: '0.0.0.0/0', description: 'x' }] },
            ipv6Ranges: { items: [{ cidrIpv6: '::/0' }] },
            prefixListIds: { items: [{ prefixListId: 'pl-1' }] },
            groups: { items: [{ groupId: 'sg-2', userId: '111122223333' }] },
          },
        ],
      },
    });
    const port = { group: 'sg-1', protocol: 'tcp', fromPort: 22, toPort: 22 };
    expect(ingress).toEqual([
      ...['0.0.0.0/0', '::/0', 'pl-1'].map((source) => ({ ...port, source })),
      { ...port, source: 'sg-2', fromGroup: true },
    ]);
    expect(links).toEqual([{ type: 'security-group', id: 'sg-1', role: 'changed' }]);
  });

  it('reads the flat form', () => {
    expect(
      authorize({
        groupId: 'sg-1',
        cidrIp: '0.0.0.0/0',
        fromPort: 22,
        toPort: 22,
        ipProtocol: 'tcp',
        ipPermissions: {},
      }).ingress,
    ).toEqual([{ group: 'sg-1', protocol: 'tcp', fromPort: 22, toPort: 22, source: '0.0.0.0/0' }]);
  });

  it('prefers the rules that the response says were made', () => {
    const response = {
      securityGroupRuleSet: {
        items: [
          {
            groupId: 'sg-1',
            isEgress: false,
            ipProtocol: '-1',
            fromPort: -1,
            toPort: -1,
            cidrIpv4: '198.51.100.0/24',
          },
          {
            groupId: 'sg-1',
            isEgress: false,
            ipProtocol: 'tcp',
            fromPort: 1,
            toPort: 2,
            referencedGroupInfo: { groupId: 'sg-3' },
          },
          { groupId: 'sg-1', isEgress: true, ipProtocol: '-1', cidrIpv4: '0.0.0.0/0' },
        ],
      },
    };
    expect(authorize({ groupName: 'web', cidrIp: '0.0.0.0/0' }, response).ingress).toEqual([
      { group: 'sg-1', protocol: '-1', source: '198.51.100.0/24' },
      { group: 'sg-1', protocol: 'tcp', fromPort: 1, toPort: 2, source: 'sg-3', fromGroup: true },
    ]);
  });

  it('reads what a refused call asked for', () => {
    const got = authorize(
      { groupId: 'sg-1', cidrIp: '0.0.0.0/0', ipProtocol: '-1', fromPort: 0, toPort: 9 },
      null,
      {
        errorCode: 'Client.UnauthorizedOperation',
      },
    );
    expect(got.outcome).toBe('denied');
    expect(got.ingress).toEqual([{ group: 'sg-1', protocol: '-1', source: '0.0.0.0/0' }]);
  });

  it('keeps a hundred rules at most', () => {
    const ranges = Array.from({ length: 300 }, (_, n) => ({ cidrIp: `10.0.${n % 256}.0/24` }));
    expect(
      authorize({ groupId: 'sg-1', ipPermissions: [{ ipProtocol: 'tcp', ipRanges: ranges }] }).ingress,
    ).toHaveLength(100);
  });
});

it('reads rules rewritten in place', () => {
  const { kind, ingress } = activityOf({
    eventName: 'ModifySecurityGroupRules',
    requestParameters: {
      ModifySecurityGroupRulesRequest: {
        GroupId: 'sg-1',
        SecurityGroupRule: {
          tag: 1,
          SecurityGroupRuleId: 'sgr-1',
          SecurityGroupRule: { IpProtocol: 'tcp', FromPort: 22, ToPort: 22, CidrIpv4: '0.0.0.0/0' },
        },
      },
    },
  });
  expect(kind).toBe('ingress.open');
  expect(ingress).toEqual([
    { group: 'sg-1', protocol: 'tcp', fromPort: 22, toPort: 22, source: '0.0.0.0/0' },
  ]);
});

it('reads rules that were taken away by ids of their own from the answer', () => {
  const { kind, ingress, links } = activityOf({
    eventName: 'RevokeSecurityGroupIngress',
    requestParameters: { securityGroupRuleIds: { items: [{ securityGroupRuleId: 'sgr-1' }] } },
    responseElements: {
      _return: true,
      revokedSecurityGroupRuleSet: {
        items: [
          {
            securityGroupRuleId: 'sgr-1',
            groupId: 'sg-1',
            isEgress: false,
            ipProtocol: 'tcp',
            fromPort: 22,
            toPort: 22,
            cidrIpv4: '0.0.0.0/0',
          },
        ],
      },
    },
  });
  expect(kind).toBe('ingress.close');
  expect(links).toMatchObject([{ type: 'security-group', id: 'sg-1' }]);
  expect(ingress).toEqual([
    { group: 'sg-1', protocol: 'tcp', fromPort: 22, toPort: 22, source: '0.0.0.0/0' },
  ]);
});

it('reads the end of a group', () => {
  const got = activityOf({ eventName: 'DeleteSecurityGroup', requestParameters: { groupId: 'sg-1' } });
  expect(got).toMatchObject({
    kind: 'security-group.delete',
    links: [{ type: 'security-group', id: 'sg-1', role: 'changed' }],
  });
});

it('reads rules taken away', () => {
  const got = activityOf({
    eventName: 'RevokeSecurityGroupIngress',
    requestParameters: {
      groupId: 'sg-1',
      securityGroupRuleIds: { items: [{ securityGroupRuleId: 'sgr-1' }] },
    },
  });
  expect(got).toMatchObject({ kind: 'ingress.close', ingress: [], links: [{ id: 'sg-1' }] });
});
