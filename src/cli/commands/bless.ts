import { InvalidArgumentError } from 'commander';
import type { BlessCommandOptions } from '../actions/bless.js';
import type { SubcommandSpec } from '../subcommand.js';

export const blessCommand: SubcommandSpec<BlessCommandOptions> = {
  usage: 'bless <new> <golden>',
  summary: 'Make the results of a recording the golden ones, with the reason on record.',
  description:
    'Write the results of a recording (joints, raw joints, gesture events; no depth) as a golden recording for ' +
    '`voxhand compare`. A golden one that is there already is compared with it and replaced as a whole; the reason, the ' +
    "digest before and after and the comparison's summary are kept in the golden recording's metadata, with those of the " +
    'times before. `voxhand info` shows them.\n\n' +
    'A recording that is not whole is refused, and one whose results equal those of the golden one is not written again.',
  example: 'bless out/cell.mcap golden/cell.mcap --reason "model compact 0.2: thumb tip 1 mm better"',
  options: (command) =>
    command
      .requiredOption('--reason <text>', 'Why the results may change from now on.', someText)
      .option('--by <name>', 'Who approves; left out by default.', someText)
      .option('--at <date>', 'When (ISO 8601); left out by default, so that the same input gives the same file.', date)
      .option('--topic <name>', 'Topic of the results.', '/hand/joints')
      .option('--events <name>', 'Topic of the gesture events.', '/hand/gestures')
      .option('--no-raw-joints', "Leave out each decoder's joints before smoothing.")
      .option(
        '--tolerances <file>',
        'For the comparison that is kept; by default the file beside the golden recording.',
      )
      .option('--dry-run', 'Show what would change, and write nothing.'),
  load: async () => (await import('../actions/bless.js')).bless,
};

function someText(text: string): string {
  if (text.trim() === '') throw new InvalidArgumentError('Expected some words.');
  return text.trim();
}

function date(text: string): string {
  if (!/^\d{4}-\d\d-\d\d/.test(text) || Number.isNaN(Date.parse(text))) {
    throw new InvalidArgumentError('Expected a date such as 2026-11-22 or 2026-11-22T18:00:00Z.');
  }
  return text;
}
