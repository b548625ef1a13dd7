/** What was being done when S3 said no. */
export interface Attempted {
  readonly action: 'list' | 'get';
  readonly bucket: string;
}

/** Why S3 could not be read, and what to do about it, by the name of the error. */
const REASONS: Readonly<Record<string, string>> = {
  CredentialsProviderError:
    'no AWS credentials were found: name a profile in AWS_PROFILE, run `aws sso login`, or set AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY',
  ExpiredToken: 'the AWS credentials have expired: renew them, e.g. with `aws sso login`',
  ExpiredTokenException: 'the AWS credentials have expired: renew them, e.g. with `aws sso login`',
  TokenRefreshRequired: 'the AWS credentials have expired: renew them, e.g. with `aws sso login`',
  InvalidAccessKeyId: 'S3 does not know the access key: check AWS_PROFILE and AWS_ACCESS_KEY_ID',
  SignatureDoesNotMatch: 'S3 does not accept the secret access key: check AWS_SECRET_ACCESS_KEY',
  RequestTimeTooSkewed: 'the clock of this machine is wrong: set it, S3 accepts a quarter of an hour',
  NoSuchBucket: 'there is no such bucket',
  InvalidBucketName: 'is not a valid bucket name',
  NoSuchKey: 'was deleted since it was listed',
  NotFound: 'was deleted since it was listed',
  PreconditionFailed: 'was replaced since it was listed: run again to read the new one',
  InvalidObjectState:
    'is archived: restore it first (`aws s3api restore-object`) and run again when it is there',
  'KMS.DisabledException': 'the KMS key it is encrypted with is disabled: enable the key',
  'KMS.NotFoundException': 'the KMS key it is encrypted with does not exist any more',
  'KMS.KMSInvalidStateException':
    'the KMS key it is encrypted with is not usable now: see its state in the KMS console',
  SlowDown: 'S3 asked to slow down, again and again: run again, or with fewer --jobs',
  TimeoutError: 'S3 did not answer in time: check network and proxy',
  ENOTFOUND: 'the address of S3 could not be found: check network, proxy and AWS_REGION',
  ECONNREFUSED: 'S3 refused the connection: check network, proxy and AWS_ENDPOINT_URL',
};

/** Says in plain words what went wrong with S3 and what would help. */
export function troubleOf(error: unknown, { action, bucket }: Attempted): string {
  if (!(error instanceof Error)) return String(error);
  const { name, message } = error;
  const { code, Code, $metadata } = error as {
    code?: unknown;
    Code?: unknown;
    $metadata?: { httpStatusCode?: number };
  };
  if (
    /^(AccessDenied|Forbidden|403)$/.test(name) ||
    (name === 'UnknownError' && $metadata?.httpStatusCode === 403)
  ) {
    return denied(message, { action, bucket });
  }
  const told = [name, code, Code].map((word) => REASONS[String(word)]).find((reason) => reason !== undefined);
  return told ?? (message === '' || message === name ? name : `${name}: ${message}`);
}

/** S3 says "access denied" to many things; its message may tell which. */
function denied(message: string, { action, bucket }: Attempted): string {
  const said = /not authorized/i.test(message) ? ` (${message})` : '';
  if (/kms:/i.test(message)) return `the KMS key denied access: allow kms:Decrypt on it${said}`;
  const need =
    action === 'list'
      ? `s3:ListBucket on arn:aws:s3:::${bucket}`
      : `s3:GetObject on arn:aws:s3:::${bucket}/…`;
  const pays = '; if the requester pays for this bucket, add --requester-pays';
  return `access denied: allow ${need}${action === 'get' ? ', and kms:Decrypt where SSE-KMS is used' : ''}${pays}${said}`;
}
