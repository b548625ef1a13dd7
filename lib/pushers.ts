/** Who may push records of other clouds; a cloud that is left out may not. */
export interface Pushers {
  readonly azure?: {
    /** Id of the Entra tenant. */
    readonly tenant: string;
    /** The application that tokens must be made for. */
    readonly audience: string;
    /** Application ids of forwarders; Event Grid may push in any case. */
    readonly senders: readonly string[];
  };
  readonly google?: {
    /** What the subscription was told that its tokens are for. */
    readonly audience: string;
    /** E-mail of the service account that the subscription pushes as. */
    readonly sender: string;
  };
}

/** Context values that say so. */
export const PUSHER_NAMES = [
  'azureTenant',
  'azureAudience',
  'azureSenders',
  'googleAudience',
  'googleSender',
] as const;
type PusherName = (typeof PUSHER_NAMES)[number];

/** A context value that is wrong, and how. */
export interface WrongPusher {
  readonly name: PusherName;
  readonly problem: string;
}

const GUID = /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/i;
/** `https://launchtrail.example.com`, `api://…`: an audience is any word or address. */
const AUDIENCE = /^[\w.:/@-]{1,200}$/;
const SERVICE_ACCOUNT = /^[\w.-]+@[\w.-]+\.gserviceaccount\.com$/;

/** Reads who may push. A cloud needs both its audience and whoever is expected; neither means that it may not push. */
export function pushersFrom(context: Readonly<Record<string, unknown>>): Pushers | WrongPusher {
  const value = (name: PusherName): string => String(context[name] ?? '');
  const senders = value('azureSenders').split(',').filter(Boolean);
  const wrong =
    wrongIn('azureTenant', value('azureTenant'), GUID, 'the id of an Entra tenant') ??
    wrongIn(
      'azureAudience',
      value('azureAudience'),
      AUDIENCE,
      'the application id that tokens are made for',
    ) ??
    senders.map((each) => wrongIn('azureSenders', each, GUID, 'ids of applications')).find(Boolean) ??
    wrongIn('googleAudience', value('googleAudience'), AUDIENCE, 'the audience of the push subscription') ??
    wrongIn(
      'googleSender',
      value('googleSender'),
      SERVICE_ACCOUNT,
      'the e-mail of the service account that the subscription pushes as',
    ) ??
    lonely(value, 'azureTenant', 'azureAudience') ??
    lonely(value, 'googleSender', 'googleAudience') ??
    (senders.length > 0 && value('azureTenant') === ''
      ? { name: 'azureSenders', problem: "needs 'azureTenant' and 'azureAudience' as well." }
      : undefined);
  if (wrong !== undefined) return wrong as WrongPusher;
  const [tenant, audience] = [value('azureTenant'), value('azureAudience')];
  const [sender, googleAudience] = [value('googleSender'), value('googleAudience')];
  return {
    ...(tenant !== '' && { azure: { tenant, audience, senders } }),
    ...(sender !== '' && { google: { sender, audience: googleAudience } }),
  };
}

const wrongIn = (name: PusherName, value: string, form: RegExp, what: string): WrongPusher | undefined =>
  value === '' || form.test(value) ? undefined : { name, problem: `expected ${what}; got '${value}'.` };

/** Two values of which each needs the other. */
function lonely(
  value: (name: PusherName) => string,
  one: PusherName,
  other: PusherName,
): WrongPusher | undefined {
  if ((value(one) === '') === (value(other) === '')) return undefined;
  const [given, missing] = value(one) === '' ? [other, one] : [one, other];
  return { name: given, problem: `needs '${missing}' as well.` };
}
