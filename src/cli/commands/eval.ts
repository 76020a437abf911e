import type { EvalCommandOptions } from '../actions/eval.js';
import { collect } from '../option-values.js';
import type { SubcommandSpec } from '../subcommand.js';

export const evalCommand: SubcommandSpec<EvalCommandOptions> = {
  usage: 'eval <recording>',
  summary: 'Compare recorded joints with ground truth.',
  description:
    'Compare the joints of a recording with ground truth: mean error in mm, per joint, and the share of frames with every ' +
    'joint within 10, 20, 30 and 50 mm; for the joints as recorded, for each decoder, and after each stage of ' +
    'smoothing (the last two need raw joints, which `voxhand replay` writes by default).',
  example: 'eval hands.mcap --truth hands.mcap --plot curve.png',
  options: (command) =>
    command
      .requiredOption(
        '--truth <file>',
        'Ground truth: a recording with a topic of HandJoints, or a text file with a line of 63 numbers in mm for each result.',
      )
      .option('--topic <name>', 'Topic of the ground truth, if that is a recording.', '/hand/truth')
      .option(
        '--config <file>',
        'Configuration for topics and smoothing; by default the one that the recording carries.',
      )
      .option('--set <key=value>', 'Override one setting of the configuration; may be repeated.', collect)
      .option('--plot <file>', 'Success curves to write (PNG).'),
  load: async () => (await import('../actions/eval.js')).evaluate,
};
