import type { CalibrateCommandOptions } from '../actions/calibrate.js';
import { collect, positive } from '../option-values.js';
import type { SubcommandSpec } from '../subcommand.js';

export const calibrateCommand: SubcommandSpec<CalibrateCommandOptions> = {
  usage: 'calibrate <recording>',
  summary: 'Find where several cameras are, from a hand that waves in front of them.',
  description:
    'Find where the depth cameras of a recording are and how their clocks differ, from a hand that they all see. Wave for 20 seconds, open-handed, ' +
    'through all of the space that the cameras share. Writes a rig file for the setting rig.file, a launch file with static_transform_publisher beside ' +
    'it, and a picture of what both cameras saw of the hand, before and after.\n\n' +
    'The cameras are those of `cameras` in the configuration, else every depth topic with a camera info. With --check no ' +
    'calibration is written: the command says whether the one in the configuration, the rig file or /tf_static still holds, and ends with 1 if not.',
  example: 'calibrate cell.mcap -o rig.yaml',
  options: (command) =>
    command
      .option('-o, --output <file>', 'Rig file to write (YAML).')
      .option('--check', 'Say whether the present calibration still holds.')
      .option('--config <file>', 'Configuration with the cameras: a ROS 2 parameter YAML.')
      .option('--set <key=value>', 'Override one setting of the configuration; may be repeated.', collect)
      .option(
        '--picture <file>',
        'Picture to write (SVG, or PNG by its ending); beside the rig file by default, none with --check.',
      )
      .option(
        '--tolerance <mm>',
        'With --check: how far the hand may be from where the calibration puts it.',
        positive,
        8,
      ),
  dependent: [
    { options: ['tolerance'], when: ({ check }) => check === true, expected: '--check with it' },
    {
      options: ['output'],
      when: ({ check }) => check !== true,
      expected: '-o or --check: a check writes no calibration',
    },
  ],
  load: async () => (await import('../actions/calibrate.js')).calibrate,
};
