import type { CalibrateCommandOptions } from '../actions/calibrate.js';
import { collect, number } from '../option-values.js';
import type { SubcommandSpec } from '../subcommand.js';

export const calibrateCommand: SubcommandSpec<CalibrateCommandOptions> = {
  usage: 'calibrate <recording>',
  summary: 'Find where several cameras are, from a hand that waves in front of them.',
  description:
    'Find where the depth cameras of a recording are and how their clocks differ: the hand is the target. Wave for 20 seconds, open-handed, ' +
    'through all of the space that the cameras share. Writes a rig file for rig.file, a launch file with static_transform_publisher beside ' +
    'it, and a picture of what both cameras saw of the hand, before and after.\n\n' +
    'The cameras are those of `cameras` in the configuration, else every depth topic with a camera info. With --check nothing is written: ' +
    'it says whether what the configuration, the rig file or /tf_static says still holds, and ends with 1 where it does not.',
  example: 'calibrate cell.mcap -o rig.yaml',
  options: (command) =>
    command
      .option('-o, --output <file>', 'Rig file to write (YAML).')
      .option('--check', 'Say whether the present calibration still holds.')
      .option('--config <file>', 'Configuration with the cameras.')
      .option('--set <key=value>', 'Setting in place of the one in the configuration; may be repeated.', collect)
      .option('--picture <file>', 'Where the picture goes (SVG, or PNG by its ending); beside the rig file by default.')
      .option('--tolerance <mm>', 'With --check: by how much the hand may be at another place.', number, 8),
  load: async () => (await import('../actions/calibrate.js')).calibrate,
};
