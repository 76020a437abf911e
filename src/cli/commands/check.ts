import type { SubcommandSpec } from '../subcommand.js';
import type { TalkOptions } from '../terminal.js';

export const checkCommand: SubcommandSpec<TalkOptions> = {
  usage: 'check <recording>',
  summary: 'Report what is wrong with a recording, and what to do about it.',
  description:
    'Read a recording (a file, or a folder of them) from beginning to end and report what is wrong with it: damage, checksums and ' +
    'index; stamps that are zero or go back, gaps, missing messages; depth without calibration, images that are not depth.\n\n' +
    'Ends with 0 if there are neither errors nor warnings, else with 1.',
  example: 'check cell.mcap',
  load: async () => (await import('../actions/check.js')).check,
};
