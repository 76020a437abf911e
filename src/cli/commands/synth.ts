import { Option } from 'commander';
import { CAMERAS } from '../../synthetic/cameras.js';
import { DEPTH_CODECS } from '../../transport/mcap/depth-codecs.js';
import type { SynthCommandOptions } from '../actions/synth.js';
import { count, positive, whole } from '../option-values.js';
import type { SubcommandSpec } from '../subcommand.js';

export const synthCommand: SubcommandSpec<SynthCommandOptions> = {
  usage: 'synth',
  summary: 'Make a recording of synthetic hands with ground truth.',
  description:
    'Make a recording of one or more synthetic hands in front of a depth camera, with ground truth on /hand/truth: one ' +
    'message for each hand. The same options give the same bytes.',
  example: 'synth -o hand.mcap --preset hard --seconds 10 --seed 7',
  options: (command) =>
    command
      .requiredOption('-o, --output <file>', 'Recording to write (MCAP).')
      .addOption(
        new Option(
          '--preset <name>',
          'demo: a hand moving gently. hard: fast, turning, occluded, leaving and coming back. ' +
            "objects: holding one thing after another. egocentric: the same, seen by the hand's owner. " +
            'two-hands: both hands of a person, who cross, clap, lift a box and hand something over. ' +
            'visitors: up to three hands that come and go.',
        )
          .choices(['demo', 'hard', 'objects', 'egocentric', 'two-hands', 'visitors'])
          .default('demo'),
      )
      .option('--seconds <s>', 'Length.', positive, 6)
      .option('--frames <n>', 'Length in frames, instead of seconds.', count)
      .option('--fps <rate>', 'Frames per second.', positive, 30)
      .option('--seed <n>', "Decides the hand's shape, its motion and the noise.", whole, 1)
      .addOption(
        new Option('--camera <name>', 'Camera to imitate; small is 320 x 240.')
          .choices(Object.keys(CAMERAS))
          .default('sr305'),
      )
      .addOption(
        new Option('--handedness <hand>', 'Which hand; left mirrors the whole scene.')
          .choices(['right', 'left'])
          .default('right'),
      )
      .addOption(
        new Option('--codec <name>', 'rvl and png are compressedDepth (rvl is smallest); raw is what viewers show.')
          .choices(DEPTH_CODECS)
          .default('rvl'),
      ),
  load: async () => (await import('../actions/synth.js')).synth,
};
