import { type Command, Option } from 'commander';
import { VoxhandError } from '../../errors/voxhand-error.js';
import { DATA_SET_NAMES } from '../../evaluation/datasets/data-set.js';
import { POSITION_COUNT } from '../../hand/skeleton.js';
import { DEPTH_CODECS, DEPTH_ENCODINGS } from '../../transport/mcap/depth-codecs.js';
import type { ImportCommandOptions } from '../actions/import.js';
import type { ImportDatasetCommandOptions } from '../actions/import-dataset.js';
import { count, nanoseconds, number, positive } from '../option-values.js';
import type { SubcommandSpec } from '../subcommand.js';

type CameraOptions = Pick<ImportCommandOptions, 'fx' | 'fy' | 'cx' | 'cy' | 'depthUnit'>;
type Options = Omit<ImportCommandOptions, keyof CameraOptions> &
  Partial<CameraOptions> &
  Omit<ImportDatasetCommandOptions, 'dataset'> &
  Partial<Pick<ImportDatasetCommandOptions, 'dataset'>>;

/** Options that images of no data set require. */
const CAMERA = [
  ['fx', '--fx <pixels>'],
  ['fy', '--fy <pixels>'],
  ['cx', '--cx <pixels>'],
  ['cy', '--cy <pixels>'],
  ['depthUnit', '--depth-unit <metres>'],
  ['fps', '--fps <rate>'],
] as const;

export const importCommand: SubcommandSpec<Options> = {
  usage: 'import <folder>',
  summary: 'Make a recording from a folder of depth images or of a published data set.',
  description:
    'Make a recording from a folder of 16-bit depth PNGs, in natural order (2.png before 10.png). An image that cannot be ' +
    'read is named and left out, and the command ends with 3. Images whose names are times (1305031102.160407.png) need no --fps.\n\n' +
    "With --dataset, from a published data set's own files, with its ground truth on /hand/truth:\n" +
    '  icvl     Depth/ and labels.txt           hands17  images/ and Training_Annotation.txt\n' +
    '  nyu      depth_1_*.png and joint_data    hands19  images/ and training_joint_annotation.txt\n' +
    '  msra     *_depth.bin and joint.txt       fphab    depth_*.png and skeleton.txt\n' +
    "NYU's joint_data.mat is a MATLAB file and is not read: export its joint_xyz as .npy, .txt or .csv (36 x x y z in mm per " +
    'frame). None of this data comes with voxhand; see docs/datasets.md.',
  example:
    'import frames/ --fx 476 --fy 476 --cx 313.7 --cy 242.8 --depth-unit 0.000125 --fps 5 -o frames.mcap\n' +
    '  $ voxhand import cvpr15_MSRAHandGestureDB/P0/5 --dataset msra -o p0-5.mcap',
  options: (command) =>
    sharedOptions(
      command
        .requiredOption('-o, --output <file>', 'Recording to write (MCAP).')
        .addOption(
          new Option('--dataset <name>', 'The folder is of this data set; the camera is known.').choices(
            DATA_SET_NAMES,
          ),
        )
        .option('--labels <file>', 'With --dataset: its annotation, where that is not in its place.')
        .option('--frames <n>', 'With --dataset: at most so many frames.', count)
        .option('--fx <pixels>', 'Focal length along the rows.', positive)
        .option('--fy <pixels>', 'Focal length along the columns.', positive)
        .option('--cx <pixels>', 'Principal point; pixel centres lie at whole numbers.', number)
        .option('--cy <pixels>', 'Principal point.', number)
        .option('--depth-unit <metres>', 'Metres per unit of the images: 0.001 for millimetres.', positive)
        .option(
          '--fps <rate>',
          'Frames per second; by default the times in the file names, or 30 with --dataset.',
          positive,
        )
        .option(
          '--joints <file>',
          `Ground truth: one line per image, ${POSITION_COUNT} numbers in mm, or ${POSITION_COUNT} times nan where there is no hand.`,
        ),
    ),
  dependent: [
    { options: ['labels', 'frames'], when: ({ dataset }) => dataset !== undefined, expected: '--dataset with it' },
    {
      options: ['fx', 'fy', 'cx', 'cy', 'depthUnit', 'joints'],
      when: ({ dataset }) => dataset === undefined,
      expected: 'no --dataset',
    },
  ],
  load: async () => async (args, options) => {
    const { dataset } = options;
    if (dataset === undefined) {
      checkImages(options);
      return (await import('../actions/import.js')).importImages(args, options);
    }
    return (await import('../actions/import-dataset.js')).importDataset(args, { ...options, dataset });
  },
};

function sharedOptions(command: Command): Command {
  return command
    .addOption(
      new Option(
        '--handedness <hand>',
        'The hand in the ground truth; right by default, or as the data set shows it.',
      ).choices(['right', 'left']),
    )
    .option('--frame-id <name>', 'Optical frame of the camera.', 'camera_depth_optical_frame')
    .addOption(
      new Option('--codec <name>', 'raw is what viewers show; png and rvl are compressedDepth.')
        .choices(DEPTH_CODECS)
        .default('raw'),
    )
    .addOption(
      new Option(
        '--encoding <name>',
        '16UC1: whole millimetres (off by 0.5 mm at most). 32FC1: as precise as the images.',
      )
        .choices(DEPTH_ENCODINGS)
        .default('16UC1'),
    )
    .addOption(
      new Option('--start <ns>', 'Stamp of the first image, nanoseconds.')
        .argParser(nanoseconds)
        .default(1_000_000_000n, '1000000000'),
    );
}

/** @throws VoxhandError `USAGE` that names all options that are missing */
function checkImages(options: Options): asserts options is Options & CameraOptions {
  const missing = CAMERA.flatMap(([name, flags]) => (options[name] === undefined ? [flags] : []));
  // the images may have times of their own
  if (missing.some((flags) => !flags.startsWith('--fps'))) {
    throw new VoxhandError('USAGE', 'required options not specified', { expected: missing.join(', ') });
  }
}
