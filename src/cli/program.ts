import { Command, CommanderError } from 'commander';
import { VERSION } from '../version.js';
import { blessCommand } from './commands/bless.js';
import { calibrateCommand } from './commands/calibrate.js';
import { checkCommand } from './commands/check.js';
import { compareCommand } from './commands/compare.js';
import { completionCommand } from './commands/completion.js';
import { cutCommand } from './commands/cut.js';
import { demoCommand } from './commands/demo.js';
import { doctorCommand } from './commands/doctor.js';
import { evalCommand } from './commands/eval.js';
import { exportCommand } from './commands/export.js';
import { fitHandCommand } from './commands/fit-hand.js';
import { fitPriorCommand } from './commands/fit-prior.js';
import { importCommand } from './commands/import.js';
import { infoCommand } from './commands/info.js';
import { modelsCommand } from './commands/models.js';
import { recordCommand } from './commands/record.js';
import { recoverCommand } from './commands/recover.js';
import { replayCommand } from './commands/replay.js';
import { runCommand } from './commands/run.js';
import { synthCommand } from './commands/synth.js';
import { teachCommand } from './commands/teach.js';
import { EXIT, exitCodeOf } from './exit-code.js';
import { foldRosArgs } from './ros-args.js';
import { addSubcommand } from './subcommand.js';
import { complain } from './terminal.js';

/**
 * Run the command line.
 *
 * @param args without the program's own name
 * @returns the exit code: see `EXIT`
 */
export async function run(args: readonly string[]): Promise<number> {
  let exitCode: number = EXIT.ok;
  const program = createProgram((code) => {
    exitCode = code;
  });
  try {
    await program.parseAsync(foldRosArgs(args), { from: 'user' });
    return exitCode;
  } catch (error) {
    // commander has printed already what is wrong
    if (error instanceof CommanderError) return error.exitCode === 0 ? EXIT.ok : EXIT.usage;
    const [line, ...more] = describe(error, args);
    complain(line, more);
    return exitCodeOf(error);
  }
}

function createProgram(finish: (exitCode: number) => void): Command {
  const program = new Command('voxhand')
    .description('3D hand joints from depth cameras: live, or from recordings.')
    .version(VERSION, '-V, --version', 'Print the version.')
    .helpOption('-h, --help', 'Print this help.')
    .helpCommand('help [command]', 'Print the help of a command.')
    .configureHelp({ helpWidth: 110, subcommandTerm: (command) => command.name() })
    .configureOutput({
      outputError: (text) =>
        complain(
          `${text
            .replace(/^error: /, '')
            .replace('\n(', ' (')
            .trimEnd()} [USAGE]`,
        ),
    })
    .showSuggestionAfterError()
    .exitOverride();
  addSubcommand(program, runCommand, finish);
  addSubcommand(program, replayCommand, finish);
  addSubcommand(program, recordCommand, finish);
  addSubcommand(program, recoverCommand, finish);
  addSubcommand(program, checkCommand, finish);
  addSubcommand(program, cutCommand, finish);
  addSubcommand(program, compareCommand, finish);
  addSubcommand(program, blessCommand, finish);
  addSubcommand(program, evalCommand, finish);
  addSubcommand(program, calibrateCommand, finish);
  addSubcommand(program, importCommand, finish);
  addSubcommand(program, synthCommand, finish);
  addSubcommand(program, exportCommand, finish);
  addSubcommand(program, infoCommand, finish);
  addSubcommand(program, fitHandCommand, finish);
  addSubcommand(program, fitPriorCommand, finish);
  addSubcommand(program, teachCommand, finish);
  addSubcommand(program, modelsCommand, finish);
  addSubcommand(program, doctorCommand, finish);
  addSubcommand(program, demoCommand, finish);
  addSubcommand(program, completionCommand(program), finish);
  program.addHelpText('after', '\nExample:\n  $ voxhand replay cell.mcap -o hands.mcap --preview sheet.png\n');
  return program;
}

/** The error in a line, and when asked its stack in those below. */
function describe(error: unknown, args: readonly string[]): [string, ...string[]] {
  if (!(error instanceof Error)) return [`${String(error)} [INTERNAL]`];
  const { code = 'INTERNAL' } = error as { code?: string };
  const verbose = process.env.VOXHAND_DEBUG === '1' || args.includes('--verbose');
  return [`${error.message} [${code}]`, ...(verbose ? withCauses(error) : [])];
}

/** The message, which may hold anything, stays one line. */
function withCauses({ stack, name, message, cause }: Error): string[] {
  const frames = (stack ?? '').split('\n').filter((line) => /^ {4}at /.test(line));
  const [first, ...rest] = cause instanceof Error ? withCauses(cause) : [];
  return [`${name}: ${message}`, ...frames, ...(first === undefined ? [] : [`Caused by: ${first}`, ...rest])];
}
