import { Option } from 'commander';
import { POSITION_COUNT } from '../../hand/skeleton.js';
import type { FitPriorCommandOptions } from '../actions/fit-prior.js';
import { count } from '../option-values.js';
import type { SubcommandSpec } from '../subcommand.js';

export const fitPriorCommand: SubcommandSpec<FitPriorCommandOptions> = {
  usage: 'fit-prior <joints>',
  summary: 'Fit a pose prior to a file or a recording of joints.',
  description:
    `Fit a pose prior (truncated SVD) to joints: a text file with one line of ${POSITION_COUNT} numbers in mm per frame, or a recording. ` +
    'Use the result with `--set smoothing.prior.file=<file>`.',
  example: 'fit-prior joints.txt -o prior.json --components 30',
  options: (command) =>
    command
      .requiredOption('-o, --output <file>', 'Prior to write (JSON).')
      .option('--components <k>', `Components to keep, ${POSITION_COUNT} at most.`, count, 25)
      .addOption(
        new Option('--frame <name>', 'palm: poses turned until the palms agree. camera: as seen. both: palm first.')
          .choices(['palm', 'camera', 'both'])
          .default('palm'),
      )
      .addOption(
        new Option('--root <joint>', 'What poses are relative to.')
          .choices(['palm', 'wrist', 'middle_mcp'])
          .default('palm'),
      )
      .addOption(
        new Option('--handedness <hand>', 'The hand in all the poses.')
          .choices(['right', 'left', 'unknown'])
          .default('right'),
      )
      .option('--topic <name>', 'Topic of the joints, if they come from a recording.', '/hand/truth'),
  load: async () => (await import('../actions/fit-prior.js')).fitPrior,
};
