import { deflateRawSync, inflateRawSync } from 'node:zlib';

/**
 * Layout of what is packed, its first byte. Raise it whenever documents or the dictionary change so that older code could
 * not read them. An older one is then refused with the remedy, or read by rules of its own.
 */
const LAYOUT = 2;

/**
 * What stored documents have in common, the most usual last. Three quarters of each are a repetition of it. Packed bytes can
 * only be read with the same text (docs/adr/0011-stored-layouts.md has the figures).
 */
const DICTIONARY = Buffer.from(
  [
    '"novelty":true,"refs":["lineage":true,"strength":0."signal":"copied-data-on-instance","reason":""signal":"shared-outside"',
    '"signal":"accelerated-launch"signal":"unfamiliar-image"signal":"unfamiliar-type"signal":"unfamiliar-network"signal":"first-launch"',
    '"learning":true,"follows":{"account":"","subject":"","own":true}"behind":[{"activity":{"evidence":[{"score":',
    '"kind":"guardrail.disable","action":"ec2:Disable"kind":"volume.copy","action":"ec2:CopyVolumes"kind":"volume.delete","action":"ec2:DeleteVolume"',
    '"kind":"volume.detach","action":"ec2:DetachVolume"kind":"image.copy","action":"ec2:CopyImage"kind":"image.share","action":"ec2:ModifyImageAttribute"',
    '"kind":"image.delete","action":"ec2:DeregisterImage"kind":"snapshot.share","action":"ec2:ModifySnapshotAttribute"share":{"accounts":["],"organisations":[],"public":false}',
    '"kind":"fleet.change","action":"autoscaling:UpdateAutoScalingGroup"kind":"template.change","action":"ec2:CreateLaunchTemplateVersion"plan":{"count":0,',
    '"kind":"volume.attach","action":"ec2:AttachVolume"kind":"volume.create","action":"ec2:CreateVolume"kind":"instance.modify","action":"ec2:ModifyInstanceAttribute"',
    '"kind":"profile.attach","action":"ec2:AssociateIamInstanceProfile"kind":"image.create","action":"ec2:CreateImage"kind":"key-pair.create","action":"ec2:CreateKeyPair"',
    '"kind":"snapshot.copy","action":"ec2:CopySnapshot"kind":"instance.start","action":"ec2:StartInstances"kind":"instance.stop","action":"ec2:StopInstances"',
    '"ingress":[{"group":"sg-0","protocol":"tcp","fromPort":443,"toPort":443,"source":"0.0.0.0/0"}]kind":"ingress.open","action":"ec2:AuthorizeSecurityGroupIngress"',
    '"kind":"snapshot.create","action":"ec2:CreateSnapshots"kind":"snapshot.delete","action":"ec2:DeleteSnapshot"kind":"instance.terminate","action":"ec2:TerminateInstances"',
    '"outcome":"denied","error":"UnauthorizedOperation"outcome":"dry-run","error":"DryRunOperation"outcome":"limited"',
    '"tags":{"Name":""posture":{"httpTokens":"required","detail":""sharedId":""network":{"asn":16509,"holder":"AMAZON-02","country":"US"}',
    '"invokedBy":"cloudformation.amazonaws.com"invokedBy":"backup.amazonaws.com"invokedBy":"autoscaling.amazonaws.com"origin":{"service":"autoscaling.amazonaws.com","agent":"service","console":false}',
    '"region":"ap-southeast-2"region":"us-west-2"region":"us-east-2"region":"eu-west-1"region":"eu-central-1"region":"us-east-1"',
    '"actor":{"key":"AIDA","label":"user/","class":"human","account":"","arn":"arn:aws:iam::111122223333:user/","credential":"long-lived","accessKey":"AKIA',
    ':role/aws-reserved/sso.amazonaws.com/eu-central-1/AWSReservedSSO_"person":{"key":"","label":"@example.com","vouched":true}class":"service"class":"automation"',
    '"label":"role/AWSServiceRoleForAutoScaling"role/aws-service-role/autoscaling.amazonaws.com/"agent":"console","console":true"agent":"terraform"agent":"boto3"',
    '"links":[{"type":"security-group","id":"sg-0","role":"changed"}]{"type":"volume","id":"vol-0","role":"used"}{"type":"snapshot","id":"snap-0","role":"made","from":[{"type":"volume","id":"vol-0"}]}',
    '{"type":"launch-template","id":"lt-0","version":"1"{"type":"fleet","id":"fleet-{"type":"auto-scaling-group","id":"{"type":"instance-profile","id":"{"type":"key-pair","id":"',
    '"publicAddress":true,"httpTokens":"required","userData":true,"template":"lt-0:1","profile":"","keyName":"","tagKeys":["Name","owner"]}',
    '{"account":"111122223333","region":"us-east-1","kind":"instance.launch","action":"ec2:RunInstances","actor":{"key":"AROA","label":"role/","class":"workload",',
    '"account":"","arn":"arn:aws:iam::role/","credential":"temporary","accessKey":"ASIA","mfa":false},"origin":{"ip":"203.0.113.","prefix":"203.0.113.0/24","agent":"aws-cli","console":false},',
    '"outcome":"succeeded","links":[{"type":"instance","id":"i-0","role":"made","from":[{"type":"image","id":"ami-0"}]},{"type":"network-interface","id":"eni-0","role":"made","on":"i-0"},',
    '{"type":"image","id":"ami-0","role":"used"},{"type":"security-group","id":"sg-0","role":"used"}],"launch":{"count":1,"types":["t3.micro"],"images":["ami-0"],"snapshots":[],"groups":["sg-0"],"subnet":"subnet-0","vpc":"vpc-0",',
  ].join(''),
);

/** A window of 8 kB holds the dictionary, and is set up in a fraction of the time of the usual one. */
const OPTIONS = { dictionary: DICTIONARY, windowBits: 13, memLevel: 6, level: 9 };

/** Guards against a damaged item; the largest document is a tenth of it. */
const MAX_BYTES = 4_000_000;

/** A document as a version byte and deflated JSON, since what a look costs is how many bytes it reads. */
export function pack(document: object): Uint8Array {
  const packed = deflateRawSync(JSON.stringify(document), OPTIONS);
  return Buffer.concat([Buffer.of(LAYOUT), packed]);
}

/** @throws Error on anything `pack` could not have written, with the remedy where another version has written it */
export function unpack(stored: unknown): Readonly<Record<string, unknown>> {
  // Lambda hands binary attributes of a stream over as base64 text
  const bytes = typeof stored === 'string' ? Buffer.from(stored, 'base64') : stored;
  if (!(bytes instanceof Uint8Array) || bytes.length === 0) throw new TypeError('expected packed bytes');
  if (bytes[0] !== LAYOUT) {
    throw new TypeError(
      `it has layout ${bytes[0]} and this version reads layout ${LAYOUT}: deploy the version that wrote it, or empty the table and replay`,
    );
  }
  const json = inflateRawSync(bytes.subarray(1), { ...OPTIONS, maxOutputLength: MAX_BYTES }).toString('utf8');
  const document: unknown = JSON.parse(json);
  if (typeof document === 'object' && document !== null && !Array.isArray(document))
    return document as Readonly<Record<string, unknown>>;
  throw new TypeError('expected an object');
}
