import { InvalidArgumentError, Option } from 'commander';
import { CAMERAS } from '../../synthetic/cameras.js';
import { DEPTH_CODECS } from '../../transport/mcap/depth-codecs.js';
import type { SynthCommandOptions } from '../actions/synth.js';
import { count, number, positive, whole, within } from '../option-values.js';
import type { SubcommandSpec } from '../subcommand.js';

const RIGS = ['two-cameras', 'three-cameras'];

export const synthCommand: SubcommandSpec<SynthCommandOptions> = {
  usage: 'synth',
  summary: 'Make a recording of synthetic hands with ground truth.',
  description:
    'Make a recording of one or more synthetic hands in front of a depth camera, or of several cameras, with ground truth on /hand/truth: ' +
    'one message for each hand. The same options give the same bytes.',
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
            'visitors: up to three hands that come and go. contactless: a hand that operates a screen by pushing. ' +
            'gestures: one gesture after another, with the true ones on /hand/truth_gestures. everyday: hands that work and mean nothing by it. ' +
            'waving: an open hand that goes through all of the space, for voxhand calibrate. two-cameras, three-cameras: a rig that looks at --motion.',
        )
          .choices([
            'demo',
            'hard',
            'objects',
            'egocentric',
            'two-hands',
            'visitors',
            'contactless',
            'waving',
            'gestures',
            'everyday',
            ...RIGS,
          ])
          .default('demo'),
      )
      .option('--motion <preset>', 'Of a rig: the preset that its cameras look at.', 'objects')
      .option(
        '--angle <degrees>',
        'Of a rig: between the left and the right camera, 0 to 180; by default 60 to 90, by the seed.',
        within(0, 180),
      )
      .option(
        '--clock-offset <s>',
        'Of a rig: by how much the stamps of each camera but the first are late.',
        number,
        0,
      )
      .option(
        '--jitter <s>',
        'Of a rig: standard deviation of the times at which pictures are taken, but for the first camera.',
        within(0, 1),
        0,
      )
      .option(
        '--phase <share>',
        'Of a rig: how much later each camera but the first takes its pictures, as a share of its period: 0 to 1.',
        within(0, 1),
        0,
      )
      .option(
        '--calibration-error <mm,degrees>',
        'Of a rig: by how much the places on /tf_static are wrong.',
        millimetresAndDegrees,
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
  dependent: [
    {
      options: ['motion', 'angle', 'clockOffset', 'jitter', 'phase', 'calibrationError'],
      when: ({ preset }) => RIGS.includes(preset),
      expected: `--preset ${RIGS.join(' or ')} with it`,
    },
    { options: ['seconds'], when: ({ frames }) => frames === undefined, expected: '--seconds or --frames' },
  ],
  load: async () => async (args, options) => {
    const isRig = RIGS.includes(options.preset);
    const action = isRig
      ? (await import('../actions/synth-rig.js')).synthRig
      : (await import('../actions/synth.js')).synth;
    return action(args, options);
  },
};

/** `5,0.5` */
function millimetresAndDegrees(text: string): { readonly metres: number; readonly degrees: number } {
  const [millimetres, degrees, ...more] = text.split(',').map(within(0, 1000));
  if (degrees === undefined || more.length > 0)
    throw new InvalidArgumentError('Expected millimetres and degrees, such as 5,0.5.');
  return { metres: millimetres / 1000, degrees };
}
