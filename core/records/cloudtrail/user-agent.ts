/**
 * Families told by a word in the user agent, the first match wins. Attack tools stand first (Kali and Parrot show in the
 * operating system part of an ordinary SDK), then what wraps an SDK (Terraform is built on aws-sdk-go), then the SDKs.
 */
const FAMILIES: readonly (readonly [family: string, word: RegExp])[] = [
  ['stratus', /stratus-red-team/],
  ['pacu', /\bpacu\b/],
  ['cloudfox', /cloudfox/],
  ['scoutsuite', /scout ?suite/],
  ['prowler', /\bprowler\b/],
  ['trufflehog', /trufflehog/],
  ['weirdaal', /weirdaal/],
  ['enumerate-iam', /enumerate-iam/],
  ['cloudmapper', /cloudmapper/],
  ['s3-browser', /s3 browser/],
  ['kali', /\bkali\b/],
  ['parrot', /\bparrot(?:sec|os)?\b/],
  ['pentoo', /\bpentoo\b/],
  ['blackarch', /\bblackarch\b/],
  ['console', /^(?:console\.|signin\.|\[?s3console|aws-?console|ec2console)|\bconsole\.amazonaws\.com/],
  ['cloudshell', /exec-env\/cloudshell/],
  ['cloudformation', /cloudformation/],
  ['terraform', /terraform|opentofu/],
  ['pulumi', /pulumi/],
  ['packer', /packer/],
  ['cdk', /\baws-?cdk\b/],
  ['ansible', /ansible/],
  ['karpenter', /karpenter/],
  ['cluster-autoscaler', /cluster-autoscaler/],
  ['eksctl', /eksctl/],
  ['service', /^(?:[a-z0-9-]+\.)+amazonaws\.com(?:\.cn)?$|^aws internal$/],
  ['aws-cli', /\baws-cli\//],
  ['powershell', /powershell/],
  ['boto3', /\bboto(?:3|core)?\//],
  ['aws-sdk-go', /aws-sdk-go/],
  ['aws-sdk-java', /aws-sdk-java|aws-sdk-kotlin/],
  ['aws-sdk-js', /aws-sdk-(?:js|nodejs)/],
  ['aws-sdk-ruby', /aws-sdk-ruby/],
  ['aws-sdk-php', /aws-sdk-php/],
  ['aws-sdk-net', /aws-sdk-dotnet|aws-sdk-net/],
  ['aws-sdk-rust', /aws-sdk-rust/],
  ['aws-sdk-cpp', /aws-sdk-cpp/],
  ['browser', /^mozilla\//],
  ['http-client', /^(?:curl|wget|python-requests|python-urllib|okhttp|postman|go-http-client)/],
];

/** Families of offensive and audit tools, and of operating systems made for attacks. */
export const TOOL_AGENTS: readonly string[] = FAMILIES.slice(
  0,
  FAMILIES.findIndex(([family]) => family === 'console'),
).map(([family]) => family);

/** Distinct user agents remembered; a fleet shows a few hundred, an attacker may invent any number. */
const MAX_KNOWN = 1000;
const known = new Map<string, string>();

/** Family of a user agent, e.g. `console`, `aws-cli`, `terraform`, `kali`; `other` where no word is known. */
export function agentFamily(userAgent: string): string {
  const before = known.get(userAgent);
  if (before !== undefined) return before;
  const lower = userAgent.toLowerCase();
  const family = FAMILIES.find(([, word]) => word.test(lower))?.[0] ?? 'other';
  if (known.size >= MAX_KNOWN) known.clear();
  known.set(userAgent, family);
  return family;
}
