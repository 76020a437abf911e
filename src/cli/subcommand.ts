import type { Command } from 'commander';

/** What a command does, loaded when it is run: `--help` needs none of it. */
export type Action<Options> = (args: readonly string[], options: Options) => Promise<number>;

export interface SubcommandSpec<Options> {
  /** `replay <recording>` */
  readonly usage: string;
  readonly summary: string;
  readonly description?: string;
  /** What follows `voxhand`. */
  readonly example: string;
  /** Adds the command's own options. */
  readonly options?: (command: Command) => Command;
  readonly load: () => Promise<Action<Options>>;
}

/**
 * Add a command with what all of them have in common.
 *
 * @param finish called with the exit code
 */
export function addSubcommand<Options>(
  program: Command,
  spec: SubcommandSpec<Options>,
  finish: (exitCode: number) => void,
): void {
  const { usage, summary, description = summary, example, options, load } = spec;
  const command = program.command(usage).summary(summary).description(description);
  options?.(command);
  command
    .option('--json', 'Print the result as one JSON object.')
    .option('--quiet', 'Print only errors to stderr.')
    .option('--verbose', 'Print the stack of an error; VOXHAND_DEBUG=1 does the same.')
    .addHelpText('after', `\nExample:\n  $ voxhand ${example}\n`)
    .action(async (...given: unknown[]) => {
      const args = given.slice(0, -2).filter((arg) => typeof arg === 'string');
      const action = await load();
      finish(await action(args, command.opts() as Options));
    });
}
