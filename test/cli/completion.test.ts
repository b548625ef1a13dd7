import { execFileSync } from 'node:child_process';
import { beforeAll, describe, expect, it } from 'vitest';
import { launchtrail } from './desk.ts';

const scripts: Record<string, string> = {};
beforeAll(async () => {
  for (const shell of ['bash', 'zsh', 'fish'])
    scripts[shell] = (await launchtrail(['completion', shell])).stdout;
});

/** What bash offers for the last word of a line. */
function offered(line: string): string[] {
  const words = line.split(' ');
  const quoted = words.map((word) => `'${word}'`).join(' ');
  const script = `${scripts.bash}
COMP_WORDS=(${quoted}); COMP_CWORD=${words.length - 1}
_launchtrail
printf '%s\\n' "\${COMPREPLY[@]}"`;
  return execFileSync('bash', ['--norc', '-c', script], { encoding: 'utf8' })
    .split('\n')
    .filter((each) => each !== '');
}

describe('completion', () => {
  it.each([
    ['launchtrail repl', ['replay']],
    ['launchtrail rep', ['replay', 'report', 'republish']],
    ['launchtrail policy p', ['push', 'pull']],
    ['launchtrail tu', ['tune']],
    ['launchtrail findings d', ['diff']],
    ['launchtrail findings close lt-1 --as ', ['benign', 'false', 'test', 'confirmed']],
    ['launchtrail replay --form', ['--format']],
    ['launchtrail replay --format s', ['sarif']],
    ['launchtrail replay trail --learn', ['--learn-from']],
    ['launchtrail findings list --format m', ['markdown']],
    ['launchtrail policy init --o', ['--output']],
    ['launchtrail completion ', ['bash', 'zsh', 'fish']],
    // bash offers files by itself
    ['launchtrail replay --policy ', []],
    ['launchtrail replay ', []],
  ])('offers in bash after `%s`: %j', (line, wanted) => {
    expect(offered(line)).toEqual(wanted);
  });

  it('offers every command', async () => {
    const { stdout } = await launchtrail(['--help']);
    const names = [...stdout.matchAll(/^ {2}(\w+)(?: |$)/gm)]
      .map(([, name]) => name)
      .filter((name) => name !== 'help');
    expect(names.length).toBeGreaterThan(7);
    expect(offered('launchtrail ').toSorted()).toEqual(names.toSorted());
  });

  it('uses no name that zsh keeps for itself', () => {
    expect(scripts.zsh).toContain('bashcompinit');
    expect(scripts.zsh).not.toMatch(/\blocal\b.*\b(path|words|status|argv)=/);
  });

  it('has for fish one command a line, quoted', () => {
    const [, ...lines] = scripts.fish?.trimEnd().split('\n') ?? [];
    expect(lines.length).toBeGreaterThan(40);
    for (const line of lines)
      expect(line).toMatch(
        /^complete -c launchtrail -n '[^']*'( (-[fxr]|-[al] [\w.-]+|-a '[^']*'))*( -d '([^'\\]|\\['\\])*')?$/,
      );
    expect(scripts.fish).toContain("-l format -x -a 'table ocsf json csv markdown sarif'");
  });

  it('refuses a shell it does not know', async () => {
    expect(await launchtrail(['completion', 'tcsh'])).toMatchObject({ code: 1, stdout: '' });
  });
});
