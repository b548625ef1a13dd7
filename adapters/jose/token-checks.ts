import { createRemoteJWKSet, errors, type JWTPayload, jwtVerify } from 'jose';
import type { TokenCheck } from '../../app/ingest.ts';
import type { PushingCloud } from '../../core/records/cloud-events.ts';

/** Whose tokens are taken, and where the keys are that they are signed with. */
interface Expected {
  readonly keys: string;
  readonly issuers: readonly string[];
  readonly audience: string;
  /** Whether the claims say that it is somebody who may push. */
  readonly isSender: (claims: JWTPayload) => boolean;
}

/** Clocks differ by so much, s. */
const TOLERANCE = 60;
/** How long keys may take to come, ms: Pub/Sub waits ten seconds for its answer. */
const KEYS_MS = 4_000;

/** Checks the signature, the issuer, the audience, the time and the sender of a token. Keys are fetched once and again when they change. */
function tokenCheck({ keys, issuers, audience, isSender }: Expected): TokenCheck {
  const keySet = createRemoteJWKSet(new URL(keys), { timeoutDuration: KEYS_MS });
  return async (token) => {
    try {
      const { payload } = await jwtVerify(token, keySet, {
        issuer: [...issuers],
        audience,
        algorithms: ['RS256'],
        clockTolerance: TOLERANCE,
        requiredClaims: ['exp'],
      });
      return isSender(payload) ? { ok: true } : { ok: false, reason: 'of a stranger' };
    } catch (error) {
      return { ok: false, reason: reasonOf(error) };
    }
  };
}

function reasonOf(error: unknown): 'forged' | 'stale' | 'not for us' | 'not now' {
  if (error instanceof errors.JWTExpired) return 'stale';
  if (error instanceof errors.JWTClaimValidationFailed) return CLAIMS[error.claim] ?? 'forged';
  const isForged =
    error instanceof errors.JWKSNoMatchingKey ||
    error instanceof errors.JWSSignatureVerificationFailed ||
    error instanceof errors.JWSInvalid ||
    error instanceof errors.JWTInvalid ||
    error instanceof errors.JOSEAlgNotAllowed ||
    error instanceof errors.JOSENotSupported;
  // what is left is the network, or what answers in place of the keys
  return isForged ? 'forged' : 'not now';
}

/** What is wrong with a token of which this claim is not as it should be. */
const CLAIMS: Readonly<Record<string, 'stale' | 'not for us'>> = {
  aud: 'not for us',
  iss: 'not for us',
  nbf: 'stale',
};

/** Google's keys and issuer: https://cloud.google.com/pubsub/docs/authenticate-push-subscriptions */
const GOOGLE_KEYS = 'https://www.googleapis.com/oauth2/v3/certs';
const GOOGLE_ISSUERS = ['https://accounts.google.com', 'accounts.google.com'];

/** Checks tokens of a Pub/Sub push subscription: `sender` is the e-mail of the service account that it pushes as. */
export const googleCheck = ({
  audience,
  sender,
  keys = GOOGLE_KEYS,
}: {
  audience: string;
  sender: string;
  keys?: string | undefined;
}): TokenCheck =>
  tokenCheck({
    keys,
    issuers: GOOGLE_ISSUERS,
    audience,
    isSender: (claims) => claims.email === sender && claims.email_verified === true,
  });

/** The application by which Event Grid delivers in every tenant: https://learn.microsoft.com/azure/event-grid/secure-webhook-delivery */
const EVENT_GRID = '4962773b-9cdb-44cf-a8bf-237846a00ab7';

/** Checks tokens of Entra: of Event Grid, or of `senders`, the application ids of forwarders. */
export function azureCheck({
  tenant,
  audience,
  senders = [],
  keys = `https://login.microsoftonline.com/${tenant}/discovery/v2.0/keys`,
}: {
  tenant: string;
  audience: string;
  senders?: readonly string[] | undefined;
  keys?: string | undefined;
}): TokenCheck {
  const applications: readonly unknown[] = [EVENT_GRID, ...senders];
  return tokenCheck({
    keys,
    // of tokens of version 1 and 2
    issuers: [`https://sts.windows.net/${tenant}/`, `https://login.microsoftonline.com/${tenant}/v2.0`],
    audience,
    isSender: ({ azp, appid }) => applications.includes(azp ?? appid),
  });
}

/** What the stack says of who may push; a cloud without it may not. `…_KEYS` are other places of keys than the clouds' own. */
export interface PushSettings {
  readonly AZURE_TENANT: string | undefined;
  readonly AZURE_AUDIENCE: string | undefined;
  readonly AZURE_SENDERS: readonly string[];
  readonly AZURE_KEYS: string | undefined;
  readonly GOOGLE_AUDIENCE: string | undefined;
  readonly GOOGLE_SENDER: string | undefined;
  readonly GOOGLE_KEYS: string | undefined;
}

/** The checks of the clouds that may push. */
export function checksOf(settings: PushSettings): Readonly<Partial<Record<PushingCloud, TokenCheck>>> {
  const { AZURE_TENANT: tenant, AZURE_AUDIENCE, AZURE_SENDERS: senders, AZURE_KEYS } = settings;
  const { GOOGLE_AUDIENCE, GOOGLE_SENDER: sender, GOOGLE_KEYS } = settings;
  return {
    ...(tenant !== undefined &&
      AZURE_AUDIENCE !== undefined && {
        azure: azureCheck({ tenant, audience: AZURE_AUDIENCE, senders, keys: AZURE_KEYS }),
      }),
    ...(sender !== undefined &&
      GOOGLE_AUDIENCE !== undefined && {
        google: googleCheck({ audience: GOOGLE_AUDIENCE, sender, keys: GOOGLE_KEYS }),
      }),
  };
}
