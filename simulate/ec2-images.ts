import { type Image, resourceId } from './places.ts';
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
  {
    region,
    instance,
    name,
    image = resourceId(random, 'ami'),
  }: { readonly region: string; readonly instance: string; readonly name: string; readonly image?: string },
): { readonly call: Call; readonly image: string } {
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

/** An image whose root disk is a snapshot; nothing is copied. */
export function registerImage(
  random: Random,
  { region, snapshot, name }: { readonly region: string; readonly snapshot: string; readonly name: string },
): { readonly call: Call; readonly image: Image } {
  const id = resourceId(random, 'ami');
  const rootDevice = '/dev/xvda';
  const call = ec2(
    region,
    'RegisterImage',
    {
      name,
      architecture: 'x86_64',
      rootDeviceName: rootDevice,
      virtualizationType: 'hvm',
      enaSupport: true,
      blockDeviceMapping: {
        items: [{ deviceName: rootDevice, ebs: { snapshotId: snapshot, deleteOnTermination: true } }],
      },
    },
    { imageId: id },
  );
  return { call, image: { id, rootDevice, rootSnapshot: snapshot, architecture: 'x86_64' } };
}

/** An image made of a virtual machine's disk in a bucket. */
export function importImage(
  random: Random,
  region: string,
  object: string,
): { readonly call: Call; readonly image: string } {
  const image = resourceId(random, 'ami');
  const [bucket, ...key] = object.split('/');
  const call = ec2(
    region,
    'ImportImage',
    {
      description: key.join('/'),
      licenseType: 'BYOL',
      diskContainerSet: {
        items: [{ format: 'ova', userBucket: { s3Bucket: bucket, s3Key: key.join('/') } }],
      },
    },
    { importTaskId: `import-ami-${random.hex(16)}`, imageId: image, progress: '1', status: 'active' },
  );
  return { call, image };
}

/** The image's disks go into a bucket as one object. */
export const storeImage = (region: string, image: string, bucket: string): Call =>
  ec2(
    region,
    'CreateStoreImageTask',
    { CreateStoreImageTaskRequest: { ImageId: image, Bucket: bucket } },
    { CreateStoreImageTaskResponse: { objectKey: `${image}.bin` } },
  );

/** The instance's disk goes into a bucket in the format of another hypervisor. */
export const exportInstance = (random: Random, region: string, instance: string, bucket: string): Call =>
  ec2(
    region,
    'CreateInstanceExportTask',
    {
      instanceId: instance,
      targetEnvironment: 'vmware',
      exportToS3: { diskImageFormat: 'vmdk', s3Bucket: bucket, s3Prefix: 'vms/' },
    },
    {
      exportTask: {
        exportTaskId: `export-i-${random.hex(8)}`,
        state: 'active',
        instanceExport: { instanceId: instance, targetEnvironment: 'vmware' },
      },
    },
  );
