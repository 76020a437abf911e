import { Option } from 'commander';
import type { CutCommandOptions } from '../actions/cut.js';
import { collect, duration } from '../option-values.js';
import type { SubcommandSpec } from '../subcommand.js';

export const cutCommand: SubcommandSpec<CutCommandOptions> = {
  usage: 'cut <recording>',
  summary: 'Write a part of a recording as one of its own.',
  description:
    'Write a range of time and some topics of a recording (a file, or a folder of them) as a recording of its own. Schemas, ' +
    'metadata and attachments stay; messages that are published only once, such as /tf_static, are repeated at the beginning.\n\n' +
    'Ends with 3 if the input breaks off.',
  example: "cut cell.mcap -o grasp.mcap --start 12.5s --duration 4s --topics '/depth/**' --topics '/tf*'",
  options: (command) =>
    command
      .requiredOption('-o, --output <file>', 'Recording to write (MCAP).')
      .option('--start <time>', "From the recording's first message on: 12.5s, 2m.", duration)
      .option('--duration <time>', 'How long from there.', duration)
      .option('--end <time>', "Up to this time, from the recording's first message.", duration)
      .option('--topics <pattern>', 'Names or patterns of topics; may be repeated. All by default.', collect)
      .option('--exclude <pattern>', 'Topics to leave out of those; may be repeated.', collect)
      .option(
        '--latch <pattern>',
        'Topics whose last message before the cut is repeated at its beginning; may be given several times. Static transforms by default.',
        collect,
      )
      .option('--no-latch', 'Repeat nothing.')
      .addOption(new Option('--compression <how>', 'Of the output.').choices(['zstd', 'none']).default('zstd')),
  load: async () => (await import('../actions/cut.js')).cut,
};
