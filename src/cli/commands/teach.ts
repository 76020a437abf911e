import type { TeachCommandOptions } from '../actions/teach.js';
import { count, duration } from '../option-values.js';
import type { SubcommandSpec } from '../subcommand.js';

export const teachCommand: SubcommandSpec<TeachCommandOptions> = {
  usage: 'teach <name> <recording>',
  summary: 'Teach a pose of your own from a recording of hands.',
  description:
    'Learn a pose from a recording of results (by voxhand replay -o or voxhand run --record) in which a hand holds it for a few seconds, ' +
    'and write it into a profile of gestures: a new one, or an existing one, whose other settings stay as they are. A pose of the same ' +
    'name is replaced. Hold the pose in all the ways in which you will use it: a little nearer, a little farther, turned a little.',
  example: 'teach stop-sign stop-sign.mcap -o gestures.yaml --start 1s --duration 3s',
  options: (command) =>
    command
      .requiredOption('-o, --output <file>', 'Profile of gestures (YAML) to write the pose into.')
      .option('--topic <name>', 'Topic of the joints.', '/hand/joints')
      .option('--hand <id>', 'Take this hand; by default all hands in the recording.', count)
      .option('--start <time>', "Begin this long after the recording's first message: 12.5s.", duration)
      .option('--duration <time>', 'End this long after that.', duration),
  load: async () => (await import('../actions/teach.js')).teach,
};
