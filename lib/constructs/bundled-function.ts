import { createHash } from 'node:crypto';
import { fileURLToPath } from 'node:url';
import type { Duration } from 'aws-cdk-lib';
import { Role, ServicePrincipal } from 'aws-cdk-lib/aws-iam';
import { Architecture, type RecursiveLoop, Runtime } from 'aws-cdk-lib/aws-lambda';
import { type BundlingOptions, NodejsFunction, OutputFormat } from 'aws-cdk-lib/aws-lambda-nodejs';
import { LogGroup, type RetentionDays } from 'aws-cdk-lib/aws-logs';
import { Validations } from 'aws-cdk-lib/core';
import type { Construct } from 'constructs';
import { canonicalPolicy } from '../../core/policy/canonical.ts';
import { defaultPolicy, type Policy } from '../../core/policy/policy.ts';

/** What every function is told by the stack. */
export interface FunctionSettings {
  /** Travels inside the bundle, where nothing checks it again. */
  readonly policy: Policy;
  readonly retentionDays: RetentionDays;
}

const HANDLERS = fileURLToPath(new URL('../../lambda/', import.meta.url));
const ROOT = fileURLToPath(new URL('../../', import.meta.url));

const ESBUILD = `${ROOT}node_modules/.bin/esbuild`;

/** Where CloudWatch has the functions' own metrics. */
export const METRICS_NAMESPACE = 'Launchtrail';

const EVENT_STREAMS = '@smithy/core/event-streams';

/** Modules that a bundle takes from elsewhere; the reason is in the file. */
export const ALIASES = {
  '@aws-sdk/credential-provider-node': `${HANDLERS}lambda-credentials.ts`,
  [EVENT_STREAMS]: `${HANDLERS}no-event-streams.ts`,
};

/**
 * How handlers become one file each. The SDK is bundled: the runtime's own loads slower and changes under us. The
 * banner lets CommonJS dependencies find `require` in a module.
 */
export const BUNDLING = {
  format: OutputFormat.ESM,
  target: 'node24',
  mainFields: ['module', 'main'],
  minify: true,
  sourceMap: true,
  sourcesContent: false,
  bundleAwsSDK: true,
  banner: "import{createRequire as requireFor}from'node:module';const require=requireFor(import.meta.url);",
} as const satisfies BundlingOptions;

/** A function from `lambda/<name>.ts` with its own role (its log group, nothing else) and log group. */
export function bundledFunction(
  scope: Construct,
  name: string,
  settings: FunctionSettings,
  props: {
    environment: Record<string, string>;
    files?: readonly string[];
    /** Modules that become files of their own beside the bundle, by the names of these: they are loaded only where they are asked for. */
    modules?: Readonly<Record<string, string>>;
    /** It calls a service that may answer with a stream of events, as S3 may. */
    eventStreams?: true;
    description: string;
    timeout: Duration;
    /** MB; 512 where it is left out. */
    memorySize?: number;
    recursiveLoop?: RecursiveLoop;
    /** Executions set aside for it, which are also the most that it may have. */
    concurrency?: number;
  },
): { fn: NodejsFunction; role: Role; logGroup: LogGroup } {
  const logGroup = new LogGroup(scope, 'Logs', { retention: settings.retentionDays });
  const role = new Role(scope, 'Role', { assumedBy: new ServicePrincipal('lambda.amazonaws.com') });
  logGroup.grantWrite(role);
  const fn = new NodejsFunction(scope, 'Function', {
    description: props.description,
    entry: `${HANDLERS}${name}.ts`,
    depsLockFilePath: `${ROOT}package-lock.json`,
    runtime: Runtime.NODEJS_24_X,
    architecture: Architecture.ARM_64,
    memorySize: props.memorySize ?? 512,
    timeout: props.timeout,
    ...(props.concurrency && { reservedConcurrentExecutions: props.concurrency }),
    ...(props.recursiveLoop && { recursiveLoop: props.recursiveLoop }),
    role,
    logGroup,
    environment: {
      NODE_OPTIONS: '--enable-source-maps',
      POWERTOOLS_SERVICE_NAME: `launchtrail-${name}`,
      POWERTOOLS_METRICS_NAMESPACE: METRICS_NAMESPACE,
      ...props.environment,
    },
    bundling: {
      ...BUNDLING,
      esbuildArgs: Object.fromEntries(
        Object.entries(ALIASES)
          .filter(([module]) => !(props.eventStreams && module === EVENT_STREAMS))
          .map(([module, file]) => [`--alias:${module}`, file]),
      ),
      define: policiesFor(settings.policy),
      commandHooks: {
        beforeBundling: () => [],
        beforeInstall: () => [],
        afterBundling: (_, outputDir) => [
          ...(props.files ?? []).map((file) => `cp "${file}" "${outputDir}/"`),
          ...Object.entries(props.modules ?? {}).map(
            ([name, entry]) =>
              `"${ESBUILD}" "${ROOT}${entry}" --bundle --minify --platform=node --format=esm --target=${BUNDLING.target} --log-level=error --outfile="${outputDir}/${name}"`,
          ),
        ],
      },
    },
  });
  acknowledgeFunctionRules(fn);
  return { fn, role, logGroup };
}

/** What a bundle finds under the names of `lambda/bundled-policy.ts`. */
export const policiesFor = (policy: Policy): Record<string, string> => ({
  LAUNCHTRAIL_POLICY: shellSafeJson(identified(policy)),
  LAUNCHTRAIL_DEFAULTS: shellSafeJson(defaultPolicy),
});

/** A policy with its hash, by which findings name it. */
function identified(policy: Policy): Policy {
  const sha256 = createHash('sha256').update(canonicalPolicy(policy)).digest('hex');
  return { ...policy, identity: { sha256 } };
}

/** JSON whose unusual characters are escaped: CDK hands it to a shell, which must not read a `$` in somebody's policy. */
export const shellSafeJson = (value: unknown): string =>
  JSON.stringify(value).replaceAll(
    /[^\w\s"\\{}[\],.:;@/+-]/g,
    (char) => `\\u${char.charCodeAt(0).toString(16).padStart(4, '0')}`,
  );

function acknowledgeFunctionRules(fn: NodejsFunction): void {
  Validations.of(fn).acknowledge(
    {
      id: 'Serverless-LambdaDLQ',
      reason:
        'The function is only called by event source mappings, whose queue or stream has its own dead-letter queue.',
    },
    {
      id: 'Serverless-LambdaTracing',
      reason:
        'One record makes two or three calls whose times are metrics; tracing would cost more than it tells.',
    },
  );
}
