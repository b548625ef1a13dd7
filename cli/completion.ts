import type { Command } from 'commander';

/** What may follow a command, e.g. `policy init`. */
export interface Words {
  readonly path: string;
  readonly commands: readonly { readonly name: string; readonly about: string }[];
  readonly options: readonly {
    readonly name: string;
    readonly about: string;
    /** Whether a value follows, and which ones there are where only these may. */
    readonly takes: boolean;
    readonly values: readonly string[];
  }[];
  /** Values of its first argument, where only these may be. */
  readonly values: readonly string[];
}

/** What may follow a program and each of its commands. */
export function wordsOf(program: Command): Words[] {
  const words: Words[] = [];
  const add = (command: Command, path: string): void => {
    words.push({
      path,
      commands: command.commands.map((each) => ({ name: each.name(), about: each.description() })),
      options: [
        ...command.options.map(({ long, description, required, optional, argChoices }) => ({
          name: long ?? '',
          about: description,
          takes: required || optional,
          values: argChoices ?? [],
        })),
        { name: '--help', about: 'say how it is used', takes: false, values: [] },
      ],
      values: command.registeredArguments[0]?.argChoices ?? [],
    });
    for (const each of command.commands) add(each, `${path} ${each.name()}`.trim());
  };
  add(program, '');
  return words;
}

/** @throws Error for a word that a shell would not take as it is: a script of ours must not run what a name says */
const safe = (words: readonly string[]): string => {
  const odd = words.find((word) => !/^[\w.-]+$/.test(word));
  if (odd !== undefined) throw new Error(`not a word: ${odd}`);
  return words.join(' ');
};

/** Completes in bash; elsewhere files. */
export function bashCompletion(words: readonly Words[]): string {
  const parents = words.filter(({ path, commands }) => path !== '' && commands.length > 0);
  const values = words.flatMap(({ path, options }) =>
    options
      .filter((option) => option.values.length > 0)
      .map((option) => `    "${path} ${option.name}") choices="${safe(option.values)}" ;;`),
  );
  const taking = words.flatMap(({ path, options }) =>
    options.filter(({ takes }) => takes).map(({ name }) => `"${path} ${name}"`),
  );
  return `# completes launchtrail in bash; made by \`launchtrail completion bash\`
_launchtrail() {
  local cur=\${COMP_WORDS[COMP_CWORD]} prev=\${COMP_WORDS[COMP_CWORD-1]} called= choices= after=1
  COMPREPLY=()
  if [ "$COMP_CWORD" -gt 1 ]; then called=\${COMP_WORDS[1]} after=2; fi
  case "$called" in
    ${parents.map(({ path }) => path).join('|')}) if [ "$COMP_CWORD" -gt 2 ]; then called="$called \${COMP_WORDS[2]}" after=3; fi ;;
  esac
  case "$called $prev" in
${values.join('\n')}
    ${taking.join('|')}) return ;;
    *)
      case "$called" in
${words.map((each) => `        "${each.path}") ${ofCommand(each)} ;;`).join('\n')}
      esac ;;
  esac
  COMPREPLY=($(compgen -W "$choices" -- "$cur"))
}
complete -o default -F _launchtrail launchtrail
`;
}

function ofCommand({ commands, options, values }: Words): string {
  const names = safe([...commands.map(({ name }) => name), ...values]);
  const flags = safe(options.map(({ name }) => name));
  return `case "$cur" in -*) choices="${flags}" ;; *) [ "$COMP_CWORD" = "$after" ] && choices="${names}" ;; esac`;
}

/** Completes in zsh, which understands what is written for bash. */
export const zshCompletion = (words: readonly Words[]): string =>
  `# completes launchtrail in zsh; made by \`launchtrail completion zsh\`
autoload -U +X bashcompinit && bashcompinit
${bashCompletion(words).split('\n').slice(1).join('\n')}`;

/** Completes in fish. */
export function fishCompletion(words: readonly Words[]): string {
  const lines = words.flatMap(({ path, commands, options, values }) => {
    const when = `-n '${condition(path, commands)}'`;
    return [
      ...commands.map(
        ({ name, about }) => `complete -c launchtrail ${when} -f -a ${safe([name])} -d ${quoted(about)}`,
      ),
      ...(values.length > 0 ? [`complete -c launchtrail ${when} -f -a '${safe(values)}'`] : []),
      ...options.map(({ name, about, takes, values: own }) => {
        const value = own.length > 0 ? ` -x -a '${safe(own)}'` : takes ? ' -r' : '';
        return `complete -c launchtrail -n '${condition(path, [])}' -l ${safe([name.slice(2)])}${value} -d ${quoted(about)}`;
      }),
    ];
  });
  return `# completes launchtrail in fish; made by \`launchtrail completion fish\`\n${lines.join('\n')}\n`;
}

/** When a command has been named, and none of those that may follow it. */
function condition(path: string, commands: Words['commands']): string {
  const [first = '', second] = path.split(' ');
  const seen = [first, second].filter((word) => word !== undefined && word !== '');
  if (seen.length === 0) return '__fish_use_subcommand';
  const named = seen.map((word) => `__fish_seen_subcommand_from ${word}`);
  const notYet =
    commands.length === 0
      ? []
      : [`not __fish_seen_subcommand_from ${safe(commands.map(({ name }) => name))}`];
  return [...named, ...notYet].join('; and ');
}

const quoted = (text: string): string => `'${text.replaceAll('\\', '\\\\').replaceAll("'", "\\'")}'`;
