import type { Command, Option } from 'commander';

export const SHELLS = ['bash', 'zsh', 'fish'] as const;
export type Shell = (typeof SHELLS)[number];

interface Described {
  readonly name: string;
  readonly about: string;
}

interface CompletedOption extends Described {
  /** `--format`, and `-o` where there is one. */
  readonly flags: readonly string[];
  readonly takesValue: boolean;
  readonly choices: readonly string[];
}

interface CompletedCommand extends Described {
  readonly options: readonly CompletedOption[];
}

/**
 * A script by which a shell completes the commands, options and choices of a program, and file names elsewhere.
 *
 * @returns for bash and zsh to be sourced, for fish a file of `~/.config/fish/completions`
 */
export function completionScript(program: Command, shell: Shell): string {
  const commands = program.commands.map(
    (command): CompletedCommand => ({
      name: command.name(),
      about: firstSentence(command.summary()),
      options: command.options.filter(({ hidden }) => !hidden).map(completedOption),
    }),
  );
  const write = { bash: bashScript, zsh: zshScript, fish: fishScript }[shell];
  return write(program.name(), [...commands, { name: 'help', about: 'Print the help of a command.', options: [] }]);
}

function completedOption({ short, long, description, required, optional, argChoices = [] }: Option): CompletedOption {
  const flags = [long, short].filter((flag) => flag !== undefined && flag !== null);
  const [name = ''] = flags;
  return { name, about: firstSentence(description), flags, takesValue: required || optional, choices: argChoices };
}

function bashScript(program: string, commands: readonly CompletedCommand[]): string {
  const names = commands.map(({ name }) => name).join(' ');
  const values = commands.flatMap(({ name, options }) =>
    options
      .filter(({ takesValue }) => takesValue)
      .map(({ flags, choices }) => {
        const patterns = flags.map((flag) => quoted(`${name} ${flag}`)).join('|');
        return `    ${patterns}) words=${quoted(choices.join(' '))} ;;`;
      }),
  );
  const flags = commands.map(({ name, options }) => {
    const words = [...options.flatMap((option) => option.flags), '--help'];
    return `    ${name}) words=${quoted(name === 'help' ? names : words.join(' '))} ;;`;
  });
  return [
    `_${program}() {`,
    `  local current=\${COMP_WORDS[COMP_CWORD]} command=\${COMP_WORDS[1]} words=`,
    '  COMPREPLY=()',
    `  if [ "$COMP_CWORD" -eq 1 ]; then COMPREPLY=($(compgen -W ${quoted(`${names} --version --help`)} -- "$current")); return; fi`,
    `  case "$command \${COMP_WORDS[COMP_CWORD-1]}" in`,
    ...values,
    '    *) case "$current" in -*) words=- ;; esac ;;',
    '  esac',
    '  if [ "$words" = - ] || [ "$command" = help ]; then case "$command" in',
    ...flags,
    '  esac; fi',
    '  COMPREPLY=($(compgen -W "$words" -- "$current"))',
    '}',
    `complete -o default -F _${program} ${program}`,
    '',
  ].join('\n');
}

function zshScript(program: string, commands: readonly CompletedCommand[]): string {
  const spec = ({ flags, about, takesValue, choices }: CompletedOption) =>
    flags.map((flag) => {
      const value = choices.length > 0 ? `:value:(${choices.join(' ')})` : takesValue ? ':value:_files' : '';
      return quoted(`*${flag}[${about.replace(/[[\]:\\]/g, '\\$&')}]${value}`);
    });
  return [
    `#compdef ${program}`,
    `_${program}() {`,
    '  local -a commands',
    '  commands=(',
    ...commands.map(({ name, about }) => `    ${quoted(`${name}:${about.replace(/[:\\]/g, '\\$&')}`)}`),
    '  )',
    '  if (( CURRENT == 2 )); then _describe command commands; return; fi',
    '  shift words; (( CURRENT-- ))',
    '  case $words[1] in',
    ...commands
      .filter(({ name }) => name !== 'help')
      .flatMap(({ name, options }) => [
        `    ${name}) _arguments \\`,
        ...options.flatMap(spec).map((line) => `      ${line} \\`),
        "      '*:file:_files' ;;",
      ]),
    '    help) _describe command commands ;;',
    '  esac',
    '}',
    `if [ "$funcstack[1]" = _${program} ]; then _${program} "$@"; else compdef _${program} ${program}; fi`,
    '',
  ].join('\n');
}

function fishScript(program: string, commands: readonly CompletedCommand[]): string {
  const flagsOf = (flags: readonly string[]) =>
    flags.map((flag) => (flag.startsWith('--') ? `-l ${flag.slice(2)}` : `-s ${flag.slice(1)}`)).join(' ');
  return [
    ...commands.map(
      ({ name, about }) =>
        `complete -c ${program} -n __fish_use_subcommand -f -a ${quotedForFish(name)} -d ${quotedForFish(about)}`,
    ),
    ...commands.flatMap(({ name, options }) =>
      options.map(({ flags, about, takesValue, choices }) => {
        const value = choices.length > 0 ? ` -x -a ${quotedForFish(choices.join(' '))}` : takesValue ? ' -r' : '';
        const when = quotedForFish(`__fish_seen_subcommand_from ${name}`);
        return `complete -c ${program} -n ${when} ${flagsOf(flags)}${value} -d ${quotedForFish(about)}`;
      }),
    ),
    '',
  ].join('\n');
}

function firstSentence(text: string): string {
  return text
    .replace(/\s+/g, ' ')
    .replace(/([.;:]) .*/, '$1')
    .replace(/[.;:]$/, '');
}

function quoted(text: string): string {
  return `'${text.replaceAll("'", "'\\''")}'`;
}

function quotedForFish(text: string): string {
  return `'${text.replace(/['\\]/g, '\\$&')}'`;
}
