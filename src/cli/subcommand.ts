import type { Command } from 'commander';
import { VoxhandError } from '../errors/voxhand-error.js';

/** What a command does, loaded when it is run: `--help` needs none of it. */
export type Action<Options> = (args: readonly string[], options: Options) => Promise<number>;

/** Options that have an effect only beside others. Where they are given without those, the command line is wrong. */
export interface DependentOptions<Options> {
  readonly options?: readonly (keyof Options & string)[];
  /** All options below this heading of the help. */
  readonly group?: string;
  readonly when: (options: Options) => boolean;
  /** What is missing or too much: `--serve with it` */
  readonly expected: string;
}

export interface SubcommandSpec<Options> {
  /** `replay <recording>` */
  readonly usage: string;
  readonly summary: string;
  readonly description?: string;
  /** What follows `voxhand`. */
  readonly example: string;
  /** Adds the command's own options. */
  readonly options?: (command: Command) => Command;
  readonly dependent?: readonly DependentOptions<Options>[];
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
  const { usage, summary, description = summary, example, options, dependent = [], load } = spec;
  const command = program.command(usage).summary(summary).description(description);
  options?.(command);
  command
    .option('--json', 'Print the result as one JSON object.')
    .option('--quiet', 'Print only errors to stderr.')
    .option('--verbose', 'Print the stack of an error; VOXHAND_DEBUG=1 does the same.')
    .addHelpText('after', `\nExample:\n  $ voxhand ${example}\n`)
    .action(async (...given: unknown[]) => {
      const args = given.slice(0, -2).filter((arg) => typeof arg === 'string');
      const values = command.opts() as Options;
      for (const one of dependent) if (!one.when(values)) refuse(command, one);
      const action = await load();
      finish(await action(args, values));
    });
}

/** @throws VoxhandError `USAGE` for the first of these options that the command line has; defaults and the environment may have them. */
function refuse<Options>(command: Command, { options, group, expected }: DependentOptions<Options>): void {
  const names: readonly string[] = options ?? [];
  const option = command.options.find((one) => {
    const isMeant = names.includes(one.attributeName()) || (group !== undefined && one.helpGroupHeading === group);
    return isMeant && command.getOptionValueSource(one.attributeName()) === 'cli';
  });
  if (option === undefined) return;
  throw new VoxhandError('USAGE', `${option.long} has no effect here`, { expected });
}
