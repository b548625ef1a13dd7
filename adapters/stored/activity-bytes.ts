import { deflateRawSync, inflateRawSync } from 'node:zlib';
import type { Activity } from '../../core/activity/activity.ts';
import { activityCodec } from './documents.ts';

/**
 * What activities have in common, the most usual last: two thirds of each are a repetition of it. Stored bytes can only be
 * read with the same text, so a better one must come under another attribute name.
 */
const COMMON = Buffer.from(
  [
    '"outpost":"guardrail.disable","c":"ec2:Disable"volume.copy","c":"ec2:CopyVolumes","volume.delete","c":"ec2:DeleteVolume"',
    '"volume.detach","c":"ec2:DetachVolume","image.copy","c":"ec2:CopyImage","image.share","c":"ec2:ModifyImageAttribute"',
    '"image.delete","c":"ec2:DeregisterImage","snapshot.share","c":"ec2:ModifySnapshotAttribute","h":{"a":["],"o":[],"p":false}',
    '"fleet.change","c":"autoscaling:UpdateAutoScalingGroup"template.change","c":"ec2:CreateLaunchTemplateVersion"',
    '"volume.attach","c":"ec2:AttachVolume","volume.create","c":"ec2:CreateVolume"instance.modify","c":"ec2:ModifyInstanceAttribute"',
    '"profile.attach","c":"ec2:AssociateIamInstanceProfile"image.create","c":"ec2:CreateImage","key-pair.create","c":"ec2:CreateKeyPair"',
    '"snapshot.copy","c":"ec2:CopySnapshot","instance.start","c":"ec2:StartInstances","instance.stop","c":"ec2:StopInstances"',
    '"ingress.open","c":"ec2:AuthorizeSecurityGroupIngress"snapshot.create","c":"ec2:CreateSnapshots"snapshot.delete","c":"ec2:DeleteSnapshot"',
    '"instance.terminate","c":"ec2:TerminateInstances"ec2:CreateFleet"instance.launch","c":"ec2:RunInstances"',
    '"m":true,"m":false,"b":"cloudformation.amazonaws.com"},"b":"dlm.amazonaws.com"},"b":"ec2fleet.amazonaws.com"},"b":"backup.amazonaws.com"}',
    ',"b":"autoscaling.amazonaws.com"},"o":{"s":"autoscaling.amazonaws.com","u":"service","c":false}',
    '"r":"ap-southeast-2","r":"ap-northeast-1","r":"us-west-2","r":"us-east-2","r":"eu-west-1","r":"eu-central-1","r":"us-east-1",',
    '"t":"l","x":"AKIA","n":"arn:aws:iam::","l":"user/","k":"AIDA"n":"arn:aws:iam::111122223333:role/aws-reserved/sso.amazonaws.com/',
    'eu-central-1/AWSReservedSSO_","p":{"k":"","l":"@example.com"},"l":"role/AWSServiceRoleForAutoScaling","c":"s","a":"',
    'aws-service-role/autoscaling.amazonaws.com/role/service-role/AWSBackupDefaultServiceRole","c":"w","c":"h","c":"a',
    '"n":{"a":16509,"h":"AMAZON-02","c":"US"},"u":"terraform","u":"console","c":true},"u":"boto3","u":"aws-cli","c":false},',
    '"s":"d","s":"l","s":"r","e":"Client.UnauthorizedOperation","e":"Client.DryRunOperation",',
    '"g":[{"g":"sg-0","p":"tcp","f":22,"t":22,"f":443,"s":"0.0.0.0/0"}],"y":[["aws:backup:source-resource",["data-classification",["Name",',
    '"owner",["aws:ec2launchtemplate:id","aws:ec2launchtemplate:version","aws:autoscaling:groupName"]{"t":"fleet","i":"fleet-',
    '{"t":"auto-scaling-group","i":"{"t":"k","i":"{"t":"p","i":"{"t":"t","i":"lt-0{"t":"n","i":"eni-0{"t":"v","i":"vol-0","r":"u"},',
    '{"t":"s","i":"snap-0","r":"m","f":[{"t":"v","i":"vol-0"}]},{"t":"g","i":"sg-0","r":"c"}"n":{"c":2,"c":1,"t":["t4g.medium"],"t":["t3.micro"],',
    '"t":["m7i.large"],"t":["c7g.xlarge"],"i":["ami-0"],"s":["snap-0"],"p":"","k":"","u":1,"a":1,"h":"o","h":"r","g":["sg-0"],',
    '"n":"subnet-0","l":{"t":"t","i":"lt-0","v":"1"},"y":["Name","owner"]}}"},"o":{"i":"203.0.113.","p":"203.0.113.0/24","u":"aws-cli","c":false},"s":"s",',
    '"l":[{"t":"i","i":"i-0","r":"c"}]}{"a":"","r":"us-east-1","k":"instance.launch","c":"ec2:RunInstances","u":{"k":"AROA","l":"role/",',
    '"c":"w","a":"","n":"arn:aws:iam::role/","t":"t","x":"ASIA","m":false},"o":{"i":"","p":"","u":"","c":false},"s":"s",',
    '"l":[{"t":"i","i":"i-0","r":"m","f":[{"t":"a","i":"ami-0"}]},{"t":"n","i":"eni-0","r":"m"},{"t":"a","i":"ami-0","r":"u"},',
    '{"t":"g","i":"sg-0","r":"u"}],"n":{"c":1,"t":["',
  ].join(''),
);

/** A window of 4 kB holds the common text, and is set up in a fraction of the time of the usual one. */
const OPTIONS = { dictionary: COMMON, windowBits: 12, memLevel: 6, level: 9 };

/** Guards against a damaged item; the largest activity is a tenth of it. */
const MAX_BYTES = 4_000_000;

/** An activity, less its time and id, in a third of the bytes of its JSON: what a look costs is how many bytes it reads. */
export function activityBytes(activity: Activity): Uint8Array {
  const { i: _, t: __, ...body } = activityCodec.pack(activity) as Record<string, unknown>;
  return deflateRawSync(JSON.stringify(body), OPTIONS);
}

/** @throws Error on anything `activityBytes` could not have written */
export function activityFrom(bytes: unknown, id: string, at: number): Activity {
  if (!(bytes instanceof Uint8Array)) throw new TypeError('b is not binary');
  const json = inflateRawSync(bytes, { ...OPTIONS, maxOutputLength: MAX_BYTES }).toString('utf8');
  const body: unknown = JSON.parse(json);
  return activityCodec.unpack({ ...(body as Record<string, unknown>), i: id, t: at });
}
