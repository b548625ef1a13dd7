import { describe, expect, it } from 'vitest';
import { joinedActs } from '../../../core/activity/acts.ts';
import { factsOf } from '../../../core/history/facts.ts';
import { fromGoogle } from '../../../core/records/gcp/gcp.ts';
import { activitiesIn } from '../../clouds.ts';
import { fromImage, googleEntries, wanted, zonal } from '../../google-records.ts';

const NOW = Date.parse('2026-03-02T10:00:00.000Z');
const NUMBER = '5887816102004671380';
const PROJECT = 'projects/example-project';

type Act = Parameters<typeof googleEntries>[0][number];
const joined = (...acts: Act[]) => joinedActs(activitiesIn(googleEntries(acts)));
const onMachine: Act = {
  method: 'v1.compute.instances.setMetadata',
  on: zonal('instances', 'one'),
  at: NOW,
  number: NUMBER,
  byNumber: true,
};

describe('the number of a thing of Google', () => {
  it('is an alias of what was made', () => {
    const on = zonal('instances', 'one');
    const [made] = joined({
      method: 'v1.compute.instances.insert',
      on,
      at: NOW,
      number: NUMBER,
      request: wanted('one', 'e2-small', fromImage),
    });
    expect(made?.links[0]).toMatchObject({
      role: 'made',
      id: `${PROJECT}/${on}`,
      alias: `${PROJECT}/${zonal('instances', NUMBER)}`,
    });
    // what it is made from has ids of its own
    expect(made?.links.filter(({ alias }) => alias !== undefined)).toHaveLength(1);
  });

  it('gives way to the name that the answer says, also where the entry that ends the call has none', () => {
    const [first, last] = googleEntries([onMachine]) as [object, { protoPayload: object }];
    const metadata = { instanceMetadataDelta: { addedMetadataKeys: ['startup-script'] } };
    const [act, ...others] = joinedActs(
      activitiesIn([first, { ...last, protoPayload: { ...last.protoPayload, metadata } }]),
    );
    expect(others).toEqual([]);
    expect(act).toMatchObject({ kind: 'instance.run' });
    expect(act?.links.map(({ id, role }) => [id, role])).toEqual([
      [`${PROJECT}/${zonal('instances', 'one')}`, 'changed'],
    ]);
  });

  it('stands for itself where no answer says the name', () => {
    const [first] = googleEntries([onMachine]) as [{ protoPayload: { response: object } }];
    const { response: _, ...protoPayload } = first.protoPayload;
    const read = fromGoogle({ ...first, protoPayload });
    expect(read).toMatchObject({
      ok: true,
      activity: { links: [{ id: `${PROJECT}/${zonal('instances', NUMBER)}` }] },
    });
  });

  it('is known of an image that was made here, as its name is', () => {
    const [made] = joined({
      method: 'v1.compute.images.insert',
      on: 'global/images/golden',
      at: NOW,
      number: NUMBER,
      request: { sourceDisk: `${PROJECT}/${zonal('disks', 'web')}` },
    });
    const known = made === undefined ? [] : factsOf(made).filter(({ dimension }) => dimension === 'created');
    expect(known.map(({ scope }) => scope.split('/').at(-1))).toEqual(['golden', NUMBER]);
  });

  it('is all that the entry of a tunnel has, beside the zone', () => {
    const [entry] = googleEntries([{ method: 'AuthorizeUser', on: '24078', at: NOW, single: true }]) as [
      object,
    ];
    const resource = {
      type: 'gce_instance',
      labels: { project_id: 'example-project', zone: 'europe-west1-b', instance_id: NUMBER },
    };
    expect(fromGoogle({ ...entry, resource })).toMatchObject({
      ok: true,
      activity: {
        kind: 'instance.enter',
        region: 'europe-west1',
        links: [{ id: `${PROJECT}/${zonal('instances', NUMBER)}` }],
      },
    });
    expect(fromGoogle(entry as never)).toEqual({ ok: false, reason: 'no-effect' });
  });
});

it('takes a project for the one that a label names by its id, where the log is named by its number', () => {
  const [entry] = googleEntries([{ ...onMachine, byNumber: false }]) as [object];
  const read = fromGoogle({
    ...entry,
    logName: 'projects/123456789012/logs/cloudaudit.googleapis.com%2Factivity',
  });
  expect(read).toMatchObject({ ok: true, activity: { account: 'example-project' } });
});
