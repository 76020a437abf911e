import { Argument, type Command } from 'commander';
import { completionScript, SHELLS, type Shell } from '../completion.js';
import { EXIT } from '../exit-code.js';
import type { SubcommandSpec } from '../subcommand.js';

/** @param program whose commands and options are completed */
export const completionCommand = (program: Command): SubcommandSpec<unknown> => ({
  usage: 'completion',
  summary: 'Print a script by which bash, zsh or fish completes commands and options.',
  description:
    'Print a script by which a shell completes commands, options and their choices. For every new shell:\n\n' +
    "  bash  echo 'source <(voxhand completion bash)' >> ~/.bashrc\n" +
    "  zsh   echo 'source <(voxhand completion zsh)' >> ~/.zshrc   (after compinit)\n" +
    '  fish  voxhand completion fish > ~/.config/fish/completions/voxhand.fish',
  example: 'completion bash',
  options: (command) => command.addArgument(new Argument('<shell>', 'The shell.').choices(SHELLS)),
  load:
    async () =>
    async ([shell]) => {
      process.stdout.write(completionScript(program, shell as Shell));
      return EXIT.ok;
    },
});
