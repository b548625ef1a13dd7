import { describe, expect, it } from 'vitest';
import type { Activity } from '../../../core/activity/activity.ts';
import { joinedActs } from '../../../core/activity/acts.ts';
import { isBehind } from '../../../core/lineage/behind.ts';
import { activitiesIn } from '../../clouds.ts';
import { bob, type Caller, fromImage, googleEntries, wanted, zonal } from '../../google-records.ts';

const NOW = Date.parse('2026-03-02T10:00:00.000Z');
const INSERT = 'v1.compute.instances.insert';
const joined = (...acts: Parameters<typeof googleEntries>[0]) =>
  joinedActs(activitiesIn(googleEntries(acts)));

describe('a machine of Google', () => {
  const insert = { method: INSERT, on: zonal('instances', 'one'), at: NOW };

  it('is one launch, told in two entries', () => {
    const request = wanted('one', 'n1-standard-8', fromImage, {
      guestAccelerators: [{ acceleratorType: 'zones/europe-west1-b/acceleratorTypes/nvidia-tesla-t4' }],
      serviceAccounts: [{ email: 'web@example-project.iam.gserviceaccount.com' }],
    });
    const [launch, ...others] = joined({ ...insert, request });
    expect(others).toEqual([]);
    expect(launch).toMatchObject({
      kind: 'instance.launch',
      account: 'example-project',
      region: 'europe-west1',
      joined: 'whole',
      launch: {
        count: 1,
        types: ['n1-standard-8', 'nvidia-tesla-t4'],
        images: ['projects/debian-cloud/global/images/debian-12'],
        profile: 'web@example-project.iam.gserviceaccount.com',
      },
      actor: { class: 'human', label: 'user/bob@example.com' },
      origin: { ip: '198.51.100.20', agent: 'gcloud' },
    });
  });

  it.each([
    [7, '', 'denied'],
    [8, 'QUOTA_EXCEEDED', 'limited'],
    [3, 'The zone does not have enough resources available', 'limited'],
    [3, 'INVALID_ARGUMENT', 'failed'],
  ])('that ends in code %i (%s) is %s, though it began well', (code, message, outcome) => {
    const [act] = joined({ ...insert, request: wanted('one', 'e2-small', fromImage), code, message });
    expect(act?.outcome).toBe(outcome);
  });

  it('of a service agent is a service’s, of a machine’s account a workload’s, of another a program’s', () => {
    const by = (email: string) => joined({ ...insert, by: { email } })[0]?.actor.class;
    expect(by('123456789012@cloudservices.gserviceaccount.com')).toBe('service');
    expect(by('service-1@container-engine-robot.iam.gserviceaccount.com')).toBe('service');
    expect(by('web@example-project.iam.gserviceaccount.com')).toBe('automation');
    expect(by('1-compute@developer.gserviceaccount.com')).toBe('workload');
  });
});

describe('a rule of Google', () => {
  const open = (request: object, method = 'v1.compute.firewalls.insert') =>
    joined({ method, on: 'global/firewalls/any', at: NOW, request })[0];

  it('that names no source lets everybody in', () => {
    expect(open({ alloweds: [{ IPProtocol: 'tcp', ports: ['22'] }], targetTags: ['x'] })?.ingress).toEqual([
      {
        group: 'projects/example-project/tags/x',
        protocol: 'tcp',
        source: '0.0.0.0/0',
        fromPort: 22,
        toPort: 22,
      },
    ]);
  });

  it('that is for what leaves, is off, or denies lets nobody in', () => {
    const alloweds = [{ IPProtocol: 'all' }];
    expect(open({ alloweds, direction: 'EGRESS' })?.ingress).toBeUndefined();
    expect(open({ alloweds, disabled: true })?.ingress).toBeUndefined();
    expect(open({ denieds: alloweds })?.ingress).toBeUndefined();
    // nor is any of it a habit of opening
    for (const rule of [
      { alloweds, direction: 'EGRESS' },
      { alloweds, disabled: true },
      { denieds: alloweds },
    ])
      expect(open(rule)?.kind).toBe('ingress.close');
  });

  it('of which a change says only the sources has no ports that anybody knows of', () => {
    expect(open({ sourceRanges: ['0.0.0.0/0'] }, 'v1.compute.firewalls.patch')?.ingress).toBeUndefined();
  });
});

it('is shared with where its members are at home', () => {
  const given = joined({
    method: 'v1.compute.snapshots.setIamPolicy',
    on: 'global/snapshots/copy',
    at: NOW,
    single: true,
    request: {
      policy: {
        bindings: [
          {
            members: [
              'user:Bob@Outside.example',
              'group:ops@outside.example',
              'serviceAccount:reader@other-project.iam.gserviceaccount.com',
              'domain:third.example',
              'projectOwner:example-project',
            ],
          },
        ],
      },
    },
  });
  expect(given[0]?.share?.accounts.toSorted()).toEqual([
    'example-project',
    'other-project',
    'outside.example',
    'third.example',
  ]);
});

describe('a managed instance group', () => {
  const HOUR = 3_600_000;
  const AGENT = '123456789012@cloudservices.gserviceaccount.com';
  const MANAGED: Caller = { email: AGENT, agent: 'GCE Managed Instance Group' };
  const member = (name: string, by: Caller = MANAGED) => ({
    method: INSERT,
    on: zonal('instances', name),
    at: NOW,
    request: wanted(name, 'e2-small', fromImage),
    by,
  });
  const change = (method: string, on: string, request: object) => ({
    method: `v1.compute.${method}`,
    on,
    at: NOW - HOUR,
    request,
  });
  const zonalGroup = zonal('instanceGroupManagers', 'web');

  it.each([
    [
      'is made in a zone',
      change('instanceGroupManagers.insert', zonalGroup, { name: 'web', targetSize: '3' }),
      'web-x1y2',
    ],
    ['is resized', change('instanceGroupManagers.resize', zonalGroup, { size: '9' }), 'web-x1y2'],
    [
      'is made in a Region',
      change('regionInstanceGroupManagers.insert', 'regions/europe-west1/instanceGroupManagers/web', {
        name: 'web',
      }),
      'web-x1y2',
    ],
    [
      'calls its machines by another name',
      change('instanceGroupManagers.insert', zonalGroup, { name: 'web', baseInstanceName: 'front-end' }),
      'front-end-0abc',
    ],
    [
      'is given an autoscaler',
      change('autoscalers.insert', zonal('autoscalers', 'grow'), {
        name: 'grow',
        target: `projects/example-project/${zonalGroup}`,
      }),
      'web-x1y2',
    ],
  ])('is behind its machines when it %s', (_, changed, name) => {
    const [done, launch] = joined(changed, member(name));
    expect([done?.kind, launch?.kind]).toEqual(['fleet.change', 'instance.launch']);
    expect(isBehind(done as Activity, launch as Activity, 2 * HOUR)).toBe(true);
  });

  it('is not behind machines of another group, or that anybody else made', () => {
    const resized = change('instanceGroupManagers.resize', zonalGroup, { size: '9' });
    for (const other of [
      member('web-2-x1y2'),
      member('webx1y2'),
      member('web-x1y2', bob),
      member('web-x1y2', { email: AGENT, agent: 'Google-Deployment-Manager' }),
    ]) {
      const [done, launch] = joined(resized, other);
      expect(launch?.kind).toBe('instance.launch');
      expect(isBehind(done as Activity, launch as Activity, 2 * HOUR)).toBe(false);
    }
  });
});

it('takes three machines that one call makes for three', () => {
  const bulk = {
    method: 'v1.compute.instances.bulkInsert',
    on: 'zones/europe-west1-b/instances',
    at: NOW,
    request: { count: '3', instanceProperties: { machineType: 'e2-standard-2' } },
  };
  const children = [1, 2, 3].map((each) => ({
    ...bulk,
    on: zonal('instances', `i-${each}`),
    at: NOW + each,
  }));
  const counts = joined(bulk, ...children).map(({ launch }) => launch?.count);
  expect(counts).toEqual([3]);
});
