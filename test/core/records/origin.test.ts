import { describe, expect, it } from 'vitest';
import { originOf } from '../../../core/records/cloudtrail/origin.ts';
import { agentFamily, TOOL_AGENTS } from '../../../core/records/cloudtrail/user-agent.ts';
import { cloudTrailRecord } from './cloudtrail-record.ts';

const origin = (change: Record<string, unknown>) => originOf(cloudTrailRecord(change));

describe('originOf', () => {
  it.each([
    ['203.0.113.77', '203.0.113.77', '203.0.113.0/24'],
    ['2001:DB8:0:7::1', '2001:db8:0:7::1', '2001:db8::/48'],
    ['::ffff:203.0.113.77', '203.0.113.77', '203.0.113.0/24'],
    ['10.1.2.3', '10.1.2.3', undefined],
    ['172.16.0.9', '172.16.0.9', undefined],
    ['127.0.0.1', '127.0.0.1', undefined],
    ['169.254.1.1', '169.254.1.1', undefined],
    ['100.64.0.1', '100.64.0.1', undefined],
    ['fd00::1', 'fd00::1', undefined],
    ['fe80::1', 'fe80::1', undefined],
    ['0.0.0.0', undefined, undefined],
    ['...', undefined, undefined],
    ['06.237.252.245', undefined, undefined],
    ['1', undefined, undefined],
    ['0x7f.1', undefined, undefined],
    ['300.1.2.3', undefined, undefined],
    ['abcd', undefined, undefined],
    [':', undefined, undefined],
    ['', undefined, undefined],
    [7, undefined, undefined],
    [undefined, undefined, undefined],
  ])('takes %j for address %j in network %j', (sourceIPAddress, ip, prefix) => {
    const got = origin({ sourceIPAddress });
    expect(got.ip).toBe(ip);
    expect(got.prefix).toBe(prefix);
    expect(got.service).toBeUndefined();
  });

  it.each([
    ['autoscaling.amazonaws.com', 'autoscaling.amazonaws.com'],
    ['ec2.amazonaws.com.cn', 'ec2.amazonaws.com'],
    ['autoscaling.amazonaws.eu', 'autoscaling.amazonaws.com'],
    ['ec2.c2s.ic.gov', 'ec2.amazonaws.com'],
    ['ec2.sc2s.sgov.gov', 'ec2.amazonaws.com'],
    ['ec2.csp.hci.ic.gov', 'ec2.amazonaws.com'],
    ['ec2.cloud.adc-e.uk', 'ec2.amazonaws.com'],
    ['AWS Internal', 'AWS Internal'],
    ['evil-amazonaws.com', undefined],
    ['amazonaws.com.example.com', undefined],
    ['amazonaws.eu', undefined],
    ['evil-amazonaws.eu', undefined],
  ])('takes %j for the service %j', (sourceIPAddress, service) => {
    const got = origin({ sourceIPAddress });
    expect(got.service).toBe(service);
    expect(got.ip).toBeUndefined();
  });

  it.each<[string, Record<string, unknown>, boolean, string]>([
    ['the flag as text', { sessionCredentialFromConsole: 'true', userAgent: 'Mozilla/5.0' }, true, 'console'],
    [
      'the flag as a boolean',
      { sessionCredentialFromConsole: true, userAgent: 'Mozilla/5.0' },
      true,
      'console',
    ],
    ['an old console user agent', { userAgent: 'console.ec2.amazonaws.com' }, true, 'console'],
    [
      'the sign-in service',
      { userAgent: 'other', userIdentity: { invokedBy: 'signin.amazonaws.com' } },
      true,
      'console',
    ],
    [
      'a call from inside AWS in a console session',
      { sourceIPAddress: 'AWS Internal', userAgent: 'AWS Internal', sessionCredentialFromConsole: true },
      true,
      'console',
    ],
    [
      'an attack tool in a console session',
      { sessionCredentialFromConsole: true, userAgent: 'pacu' },
      true,
      'pacu',
    ],
    ['a browser without the flag', { userAgent: 'Mozilla/5.0' }, false, 'browser'],
    ['no user agent', { userAgent: undefined }, false, 'other'],
  ])('tells the console by %s', (_, change, console, agent) => {
    const got = origin(change);
    expect(got.console).toBe(console);
    expect(got.agent).toBe(agent);
  });

  it.each([
    [
      'an unknown tool',
      { userAgent: 'snapgrab/0.3 (+http://example.com)' },
      'snapgrab/0.3 (+http://example.com)',
    ],
    ['an attack tool', { userAgent: 'Pacu/1.5 boto3' }, 'Pacu/1.5 boto3'],
    ['an attack tool in the console', { sessionCredentialFromConsole: true, userAgent: 'pacu' }, 'pacu'],
    ['a long one, cut', { userAgent: 'z'.repeat(500) }, `${'z'.repeat(119)}…`],
    ['an ordinary tool', { userAgent: 'aws-cli/2.32.3 os/linux' }, undefined],
    ['a browser', { userAgent: 'Mozilla/5.0' }, undefined],
    ['an unnamed agent in the console', { sessionCredentialFromConsole: true, userAgent: 'x' }, undefined],
    ['none', { userAgent: undefined }, undefined],
  ])('keeps the user agent where its family says too little: %s', (_, change, expected) => {
    expect(origin(change).userAgent).toBe(expected);
  });

  it('keeps the VPC endpoint', () => {
    expect(origin({ vpcEndpointId: 'vpce-0123' }).endpoint).toBe('vpce-0123');
  });
});

describe('agentFamily', () => {
  it.each([
    ['aws-cli/2.32.3 md/awscrt#0.28.4 os/linux lang/python#3.13.9 md/command#ec2.run-instances', 'aws-cli'],
    ['aws-cli/2.15.0 Python/3.11 Linux/6.5.0-kali3-amd64 exe/x86_64.kali.2024', 'kali'],
    ['Boto3/1.34.0 md/Botocore#1.34.0 ua/2.0 os/linux#6.3-parrot', 'parrot'],
    ['Boto3/1.34.0 md/Botocore#1.34.0', 'boto3'],
    ['aws-sdk-go/1.29.7 (go1.13.7; darwin; amd64) APN/1.0 HashiCorp/1.0 Terraform/0.12.24', 'terraform'],
    ['aws-sdk-go-v2/1.30.0 os/linux lang/go#1.22', 'aws-sdk-go'],
    ['aws-sdk-java/1.12.7 Linux', 'aws-sdk-java'],
    ['aws-sdk-js/3.500.0 ua/2.0', 'aws-sdk-js'],
    ['aws-sdk-go/1.44.0 HashiCorp Packer/1.9', 'packer'],
    ['aws-sdk-go-v2/1.30 Pulumi/3.0', 'pulumi'],
    ['stratus-red-team_1004a4ff-b486-4981-a84b-6322905f37cc', 'stratus'],
    ['Pacu/1.5 boto3', 'pacu'],
    ['cloudformation.amazonaws.com', 'cloudformation'],
    ['autoscaling.amazonaws.com', 'service'],
    ['AWS Internal', 'service'],
    ['aws-cli/2.13.5 Python/3.11.4 exec-env/CloudShell', 'cloudshell'],
    ['signin.amazonaws.com', 'console'],
    ['SampleUserAgent', 'other'],
    ['', 'other'],
  ])('%s is %s', (userAgent, family) => {
    expect(agentFamily(userAgent)).toBe(family);
  });

  it('lists the families of attack tools', () => {
    expect(TOOL_AGENTS).toContain('stratus');
    expect(TOOL_AGENTS).toContain('kali');
    expect(TOOL_AGENTS).not.toContain('console');
  });
});
