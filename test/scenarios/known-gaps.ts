/** Cells of docs/evaluation.md that are not what they should be, as `row: column`, by the reason. */
export const knownGaps: readonly { readonly why: string; readonly cells: readonly string[] }[] = [
  {
    why: 'A service launch is judged by the habits of the service, not of whoever put the snapshot into the template.',
    cells: ['A pipeline puts a fresh snapshot into a launch template for warm disks, weekly: once a habit'],
  },
  {
    why: "A record does not say what a stack holds, so its maker is asked about nothing; the role's own first launch is LOW.",
    cells: ["CreateStack → RunInstances by the stack's role: launcher"],
  },
  {
    why: 'A group of ordinary instances put into a new Region by whoever launches and sets up groups anyway looks like any rollout: LOW.',
    cells: [
      'CreateLaunchTemplate → CreateAutoScalingGroup in a Region that nobody uses → RunInstances by Auto Scaling: launcher',
    ],
  },
];
