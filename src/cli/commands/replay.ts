import { Option } from 'commander';
import { PROVIDERS } from '../../inference/inference.js';
import type { ReplayCommandOptions } from '../actions/replay.js';
import { collect, count } from '../option-values.js';
import type { SubcommandSpec } from '../subcommand.js';

export const replayCommand: SubcommandSpec<ReplayCommandOptions> = {
  usage: 'replay <recording>',
  summary: 'Track the hand in a recording and record the joints.',
  description:
    'Track the hand in a recording of depth frames, frame by frame in lock step, and write joints, markers and a ' +
    'scene for viewers beside what was recorded. The same input gives the same bytes.\n\n' +
    'Ends with 3 if frames were dropped or the recording breaks off.',
  example: 'replay cell.mcap -o hands.mcap --preview sheet.png --set heat_maps.decoder=smax',
  options: (command) =>
    command
      .option('-o, --output <file>', 'Recording to write (MCAP); without it only the summary is printed.')
      .option(
        '--model <name|path>',
        'A packaged model (see `voxhand models`), or the folder of one; else as configured.',
      )
      .option('--config <file>', 'Configuration: a ROS 2 parameter YAML.')
      .option('--set <key=value>', 'Override one setting of the configuration; may be repeated.', collect)
      .addOption(new Option('--provider <name>', 'Where the network runs; else as configured.').choices(PROVIDERS))
      .option('--ideal', 'Draw perfect heat maps from the ground truth instead of running the network.')
      .option('--truth <topic>', 'Topic of ground truth in the recording; by default /hand/truth where it is there.')
      .addOption(
        new Option(
          '--depth <how>',
          'Depth images in the output: raw (what viewers show), copy (as they were), or none.',
        )
          .choices(['raw', 'copy', 'none'])
          .default('raw'),
      )
      .option('--no-raw-joints', "Leave out each decoder's joints before smoothing, which `voxhand eval` compares.")
      .option('--preview <file>', 'Contact sheet to write (PNG): depth frames with the skeleton drawn on them.')
      .option('--preview-frames <n>', 'Frames on the contact sheet.', count, 12),
  load: async () => (await import('../actions/replay.js')).replay,
};
