import { spawnSync } from 'node:child_process';
import { Command, Option } from 'commander';
import { describe, expect, it, test } from 'vitest';
import { completionScript, type Shell } from './completion.js';

const program = new Command('hand').helpCommand('help [command]');
program
  .command('export <recording>')
  .summary("Write a hand's joints: one line per hand.")
  .addOption(new Option('--format <format>', 'Of the text.').choices(['csv', 'jsonl']))
  .addOption(new Option('--secret').hideHelp())
  .option('-o, --output <file>', 'File [new]: stdout by default.')
  .option('--quiet', 'Say nothing.');
program.command('evaluate').summary('Compare.');

const has = (shell: string) => spawnSync(shell, ['--version']).status === 0;

describe.skipIf(!has('bash'))('the script for bash', () => {
  /** What is offered for the last of these words. */
  const offered = (...words: string[]) => {
    const list = words.map((word) => `'${word}'`).join(' ');
    const ask = `COMP_WORDS=(${list}); COMP_CWORD=${words.length - 1}; _hand; printf '%s\\n' "\${COMPREPLY[@]}"`;
    const { stdout, stderr } = spawnSync('bash', ['-c', `${completionScript(program, 'bash')}\n${ask}`]);
    expect(stderr.toString()).toBe('');
    return stdout.toString().split('\n').filter(Boolean);
  };

  test.each([
    ['commands', ['hand', 'e'], ['export', 'evaluate']],
    ['options of a command', ['hand', 'export', '-'], ['--format', '--output', '-o', '--quiet', '--help']],
    ['options that begin so', ['hand', 'export', 'a.mcap', '--f'], ['--format']],
    ['the choices of an option', ['hand', 'export', '--format', ''], ['csv', 'jsonl']],
    ['nothing but file names for the value of another', ['hand', 'export', '-o', ''], []],
    ['nothing but file names for an argument', ['hand', 'export', ''], []],
    ['commands to get help on', ['hand', 'help', 'ex'], ['export']],
  ])('offers %s', (_, words, expected) => {
    expect(offered(...words)).toEqual(expected);
  });
});

test.each<Shell>(['bash', 'zsh', 'fish'])('a script that %s can read, where it is installed', (shell) => {
  const script = completionScript(program, shell);
  expect(script).toContain('export');
  expect(script).not.toContain('secret');
  if (!has(shell)) return;
  const { status, stderr } = spawnSync(shell, ['-n'], { input: script });
  expect([status, stderr.toString()]).toEqual([0, '']);
});

it('quotes what the shells would act on', () => {
  expect(completionScript(program, 'zsh')).toContain("'export:Write a hand'\\''s joints'");
  expect(completionScript(program, 'zsh')).toContain("'*--output[File \\[new\\]]:value:_files'");
  expect(completionScript(program, 'zsh')).toContain("'*--format[Of the text]:value:(csv jsonl)'");
  const fish = completionScript(program, 'fish');
  expect(fish).toContain("-n __fish_use_subcommand -f -a 'export' -d 'Write a hand\\'s joints'");
  expect(fish).toContain(
    "-n '__fish_seen_subcommand_from export' -l format -x -a 'csv jsonl' -d 'Of the text'\n" +
      "complete -c hand -n '__fish_seen_subcommand_from export' -l output -s o -r -d 'File [new]'\n",
  );
});
