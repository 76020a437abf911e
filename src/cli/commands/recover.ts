import { Option } from 'commander';
import type { RecoverCommandOptions } from '../actions/recover.js';
import type { SubcommandSpec } from '../subcommand.js';

export const recoverCommand: SubcommandSpec<RecoverCommandOptions> = {
  usage: 'recover <recording>',
  summary: 'Make a whole recording of one that breaks off or is damaged.',
  description:
    'Make a whole recording of one that is cut off, has flipped bits, or zeros where a disk lost data: everything that can be ' +
    'verified is kept, and reading goes on behind each damage. Reports what was lost.\n\n' +
    'Ends with 0 if nothing was wrong, with 3 if anything was, be it the index only.',
  example: 'recover cell.mcap.partial -o cell.mcap',
  options: (command) =>
    command
      .requiredOption('-o, --output <file>', 'Recording to write (MCAP).')
      .addOption(new Option('--compression <how>', 'Of the output.').choices(['zstd', 'none']).default('zstd')),
  load: async () => (await import('../actions/recover.js')).recover,
};
