import type { FitHandCommandOptions } from '../actions/fit-hand.js';
import { collect } from '../option-values.js';
import type { SubcommandSpec } from '../subcommand.js';

export const fitHandCommand: SubcommandSpec<FitHandCommandOptions> = {
  usage: 'fit-hand <recording>',
  summary: 'Learn the lengths and thickness of a hand from a recording.',
  description:
    'Track a recording of depth images with the fit of a skeleton, and write the lengths and the thickness of the hand that was seen ' +
    'longest. A few seconds are enough: the hand open, turned a little, and closed. Use the result with ' +
    '`--set kinematics.enabled=true --set kinematics.hand=<file>`.',
  example: 'fit-hand me.mcap -o my.hand.yaml --urdf my-hand.urdf',
  options: (command) =>
    command
      .requiredOption('-o, --output <file>', 'Hand to write (YAML).')
      .option('--urdf <file>', 'Write the hand as a robot description too.')
      .option('--config <file>', 'Configuration: a ROS 2 parameter YAML.')
      .option('--set <key=value>', 'Override one setting of the configuration; may be repeated.', collect),
  load: async () => (await import('../actions/fit-hand.js')).fitHand,
};
