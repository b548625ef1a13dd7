/** Instance credentials: the metadata service names the session after the instance. */
const INSTANCE = /^i-(?:[0-9a-f]{8}|[0-9a-f]{17})$/i;

/**
 * Session names that programs give themselves: SDK defaults, ids and time stamps, AWS services. None of them is stable
 * from one session to the next, so none may become a person.
 */
const MACHINE: readonly RegExp[] = [
  /^i-[0-9a-z]{6,}$/i,
  /^[0-9a-f]{8}-?[0-9a-f]{4}-?[0-9a-f]{4}-?[0-9a-f]{4}-?[0-9a-f]{12}/i,
  /^(?:botocore-session-|aws-(?:sdk|go|java|cli|nodejs|js|dotnet)|awssdk|sdk-)/i,
  /^[\d.:_-]+$/,
  /\d{9,}/,
  /^[0-9a-f]{16,}$/i,
  /^(?:terraform|pulumi|packer|ansible|jenkins|gitlab|github(?:actions?)?|circleci|bitbucket|buildkite|eks|ecs|lambda|codebuild|autoscaling|awscloudformation|cloudformation)\b/i,
  /^(?:role-?)?session(?:-?name)?$/i,
];

/** Words that mark a robot of a build or deployment system in the name of a user, role or session. */
const AUTOMATION =
  /(?:^|[^a-z])(?:ci|cicd|cd|bot|svc|git-?lab|git-?hub|githubactions|jenkins|circleci|buildkite|bitbucket|codebuild|codepipeline|terraform|tfc|atlantis|spacelift|pulumi|packer|ansible|argocd|pipeline|runner)(?:$|[^a-z])/i;

/** Id of the instance whose credentials a session name shows. */
export const instanceOfSession = (name: string | undefined): string | undefined =>
  name !== undefined && INSTANCE.test(name) ? name : undefined;

export const isMachineSession = (name: string): boolean => MACHINE.some((pattern) => pattern.test(name));

export const looksAutomated = (name: string | undefined): boolean => {
  if (name === undefined) return false;
  // `GitHubActions` and `myCiRole` hide the word in camel case.
  return AUTOMATION.test(name) || AUTOMATION.test(name.replace(/([a-z0-9])([A-Z])/g, '$1-$2'));
};
