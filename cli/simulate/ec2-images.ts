import { resourceId } from './places.ts';
import type { Random } from './random.ts';
import type { Call, Json } from './trail-record.ts';

const ec2 = (region: string, name: string, request: Json, response: Json): Call => ({
  service: 'ec2',
  name,
  region,
  request,
  response,
});

/** Also makes a snapshot of each disk, without a record of its own. */
export function createImage(
  random: Random,
  { region, instance, name }: { readonly region: string; readonly instance: string; readonly name: string },
): { readonly call: Call; readonly image: string } {
  const image = resourceId(random, 'ami');
  const call = ec2(
    region,
    'CreateImage',
    { instanceId: instance, name, description: '', noReboot: false, blockDeviceMapping: {} },
    { imageId: image },
  );
  return { call, image };
}

export function copyImage(
  random: Random,
  {
    region,
    from,
    image,
    name,
  }: {
    readonly region: string;
    readonly from: string;
    readonly image: string;
    readonly name: string;
  },
): { readonly call: Call; readonly image: string } {
  const copy = resourceId(random, 'ami');
  const call = ec2(
    region,
    'CopyImage',
    { sourceRegion: from, sourceImageId: image, name, encrypted: false, clientToken: random.guid() },
    { imageId: copy },
  );
  return { call, image: copy };
}

export function shareImage(region: string, image: string, ...grantees: readonly string[]): Call {
  const items = grantees.map((to) => (to === 'all' ? { group: 'all' } : { userId: to }));
  return ec2(
    region,
    'ModifyImageAttribute',
    { imageId: image, attributeType: 'launchPermission', launchPermission: { add: { items } } },
    { _return: true },
  );
}
