import { Option } from 'commander';
import type { CalibrateCommandOptions } from '../actions/calibrate.js';
import { collect, port, positive } from '../option-values.js';
import { addServeOptions, SERVER_GROUP } from '../serve-options.js';
import type { SubcommandSpec } from '../subcommand.js';

export const calibrateCommand: SubcommandSpec<CalibrateCommandOptions> = {
  usage: 'calibrate [recording]',
  summary: 'Find where several cameras are, from a hand that waves in front of them.',
  description:
    'Find where the depth cameras of a recording are and how their clocks differ, from a hand that they all see. Wave for 20 seconds, open-handed, ' +
    'through all of the space that the cameras share. Writes a rig file for the setting rig.file, a launch file with static_transform_publisher beside ' +
    'it, and a picture of what both cameras saw of the hand, before and after.\n\n' +
    'With --source in place of a recording it calibrates live, and ends by itself when the calibration is good; --serve shows the points of all ' +
    'cameras meanwhile, with the places as they are known by then and as they were before.\n\n' +
    'The cameras are those of `cameras` in the configuration, else every depth topic with a camera info. With --check no ' +
    'calibration is written: the command says whether the one in the configuration, the rig file or /tf_static still holds, and ends with 1 if not.',
  example: 'calibrate cell.mcap -o rig.yaml\n' + '  $ voxhand calibrate --source ros2 -o rig.yaml --serve',
  options: (command) => {
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
      )
      .option(
        '--source <source>',
        'Live, from: ros2 (the ROS 2 graph), ws://host:port (a Foxglove server), or a recording, played in real time.',
      )
      .option(
        '--serve [port]',
        'With --source: serve Foxglove and the web page, on 127.0.0.1 and port 8765 unless told otherwise.',
        port,
      )
      .addOption(new Option('--ros-args [args]', 'For ROS 2: all that follows, up to -- or the end.'));
    return addServeOptions(command);
  },
  dependent: [
    { options: ['serve', 'rosArgs'], when: ({ source }) => source !== undefined, expected: '--source with it' },
    { group: SERVER_GROUP, when: ({ serve }) => serve !== undefined, expected: '--serve with it' },
    { options: ['tolerance'], when: ({ check }) => check === true, expected: '--check with it' },
    {
      options: ['output'],
      when: ({ check }) => check !== true,
      expected: '-o or --check: a check writes no calibration',
    },
  ],
  load: async () => (await import('../actions/calibrate.js')).calibrate,
};
