import { describe, expect, it } from 'vitest';
import { joinedActs } from '../../../core/activity/acts.ts';
import { activitiesIn } from '../../clouds.ts';
import { fromImage, googleEntries, wanted, zonal } from '../../google-records.ts';

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
