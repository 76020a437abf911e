import { Option } from 'commander';
import { DEPTH_CODECS, DEPTH_ENCODINGS } from '../../bus/mcap/depth-codecs.js';
import type { ImportCommandOptions } from '../actions/import.js';
import { nanoseconds, number, positive } from '../option-values.js';
import type { SubcommandSpec } from '../subcommand.js';

export const importCommand: SubcommandSpec<ImportCommandOptions> = {
  usage: 'import <folder>',
  summary: 'Make a recording from a folder of 16-bit depth PNGs.',
  description:
    'Make a recording from a folder of 16-bit depth PNGs, in natural order (2.png before 10.png). An image that cannot be ' +
    'read is named and left out, and the command ends with 3.',
  example: 'import frames/ --fx 476 --fy 476 --cx 313.7 --cy 242.8 --depth-unit 0.000125 --fps 5 -o frames.mcap',
  options: (command) =>
    command
      .requiredOption('-o, --output <file>', 'Recording to write (MCAP).')
      .requiredOption('--fx <pixels>', 'Focal length along the rows.', positive)
      .requiredOption('--fy <pixels>', 'Focal length along the columns.', positive)
      .requiredOption('--cx <pixels>', 'Principal point; pixel centres lie at whole numbers.', number)
      .requiredOption('--cy <pixels>', 'Principal point.', number)
      .requiredOption('--depth-unit <metres>', 'Metres a unit of the images: 0.001 for millimetres.', positive)
      .requiredOption('--fps <rate>', 'Frames a second.', positive)
      .option(
        '--joints <file>',
        'Ground truth: a line an image, 63 numbers in mm, or 63 times nan where there is no hand.',
      )
      .addOption(new Option('--handedness <hand>', 'The hand in --joints.').choices(['right', 'left']).default('right'))
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
      ),
  load: async () => (await import('../actions/import.js')).importImages,
};
