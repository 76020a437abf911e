import { Option } from 'commander';
import { DATA_SET_NAMES, POSE_FORMATS } from '../../evaluation/datasets/data-set.js';
import { POSITION_COUNT } from '../../hand/skeleton.js';
import type { EvalCommandOptions } from '../actions/eval.js';
import type { EvalDatasetCommandOptions } from '../actions/eval-dataset.js';
import type { EvalEventsCommandOptions } from '../actions/eval-events.js';
import { collect, positive } from '../option-values.js';
import type { SubcommandSpec } from '../subcommand.js';

type Options = EvalCommandOptions & Partial<EvalDatasetCommandOptions> & EvalEventsCommandOptions;

export const evalCommand: SubcommandSpec<Options> = {
  usage: 'eval <input>',
  summary: 'Compare recorded or predicted joints with ground truth.',
  description:
    'Compare the joints of a recording with ground truth: mean error in mm, per joint, and the share of frames with every ' +
    'joint within 10, 20, 30 and 50 mm; for the joints as recorded, for each decoder, and after each stage of ' +
    'smoothing (the last two need raw joints, which `voxhand replay` writes by default). Then how well each holds together as a hand: ' +
    'visible and hidden joints (where there are depth images), lengths of bones, angles, fingers that are in each other.\n\n' +
    'If there are several hands, or several were found, they are also followed through time: MOTA, id switches, sides, false hands. ' +
    'With --events, compare gestures, interactions with surfaces and enabling instead: found and false ones, and how late they were ' +
    'reported.\n\n' +
    'With --dataset, compare files of results on a published data set instead: one line per frame, three numbers per joint. ' +
    'The input is the first method; --method adds others. See docs/datasets.md.',
  example:
    'eval hands.mcap --truth hands.mcap --plot curve.png\n' +
    '  $ voxhand eval results.mcap --truth gestures.mcap --events\n' +
    '  $ voxhand eval ours.txt --dataset nyu --truth nyu_test_groundtruth_label.txt --method V2V=v2v.txt --plot nyu.png\n' +
    '  $ voxhand eval ours.txt --dataset msra --truth joint.txt --smooth prior,window --set smoothing.window.k=2 -o smooth.txt',
  options: (command) =>
    command
      .requiredOption(
        '--truth <file>',
        `Ground truth: a recording with a topic of HandJoints, or a text file with one line of ${POSITION_COUNT} numbers in mm per result; with --dataset a file of joints as the data set has them.`,
      )
      .option('--topic <name>', 'Topic of the ground truth, if that is a recording.', '/hand/truth')
      .option('--events', 'Compare gestures with those on --gestures-topic of the ground truth.')
      .option(
        '--gestures-topic <name>',
        'With --events: topic of the true gestures; or the word none: nothing is meant, and all that is reported is false.',
        '/hand/truth_gestures',
      )
      .option(
        '--only <names>',
        'With --events: only these gestures, with commas, such as those in the profile that the results were made with.',
      )
      .option(
        '--config <file>',
        'Configuration for topics and smoothing; by default the one that the recording carries.',
      )
      .option('--set <key=value>', 'Override one setting of the configuration; may be repeated.', collect)
      .option('--plot <file>', 'Success curves to write (PNG); with --dataset also the error of each joint.')
      .addOption(
        new Option('--dataset <name>', 'The input is a file of results on this data set.').choices(DATA_SET_NAMES),
      )
      .option('--method <name=file>', 'With --dataset: another file of results; may be repeated.', collect)
      .addOption(
        new Option(
          '--format <how>',
          'With --dataset: uvd (pixel, pixel, mm) or xyz (mm, in the axes of the data set). Default uvd for icvl, nyu and ' +
            'msra, xyz for the others.',
        ).choices(POSE_FORMATS),
      )
      .addOption(
        new Option('--truth-format <how>', 'With --dataset: the same for --truth, where it differs.').choices(
          POSE_FORMATS,
        ),
      )
      .option(
        '--smooth <stages>',
        'With --dataset: also show the results after these stages of smoothing: some of gate, prior, window, oneEuro, with ' +
          'commas. gate and prior need a data set with our 21 joints.',
      )
      .option('--fps <rate>', 'With --smooth: frames per second (default: 30).', positive)
      .option('-o, --output <file>', "With --smooth: the input's smoothed joints to write, in its own format."),
  dependent: [
    {
      options: ['method', 'format', 'truthFormat', 'smooth', 'fps', 'output'],
      when: ({ dataset }) => dataset !== undefined,
      expected: '--dataset with it',
    },
    { options: ['events', 'topic'], when: ({ dataset }) => dataset === undefined, expected: 'no --dataset' },
    { options: ['gesturesTopic', 'only'], when: ({ events }) => events === true, expected: '--events with it' },
    { options: ['topic', 'config', 'set', 'plot'], when: ({ events }) => events !== true, expected: 'no --events' },
    { options: ['fps', 'output'], when: ({ smooth }) => smooth !== undefined, expected: '--smooth with it' },
  ],
  load: async () => async (args, options) => {
    const { dataset } = options;
    if (dataset !== undefined) {
      return (await import('../actions/eval-dataset.js')).evaluateDataset(args, { ...options, dataset });
    }
    if (options.events === true) return (await import('../actions/eval-events.js')).evaluateEvents(args, options);
    return (await import('../actions/eval.js')).evaluate(args, options);
  },
};
