import { Option } from 'commander';
import type { ExportCommandOptions } from '../actions/export.js';
import type { SubcommandSpec } from '../subcommand.js';

export const exportCommand: SubcommandSpec<ExportCommandOptions> = {
  usage: 'export <recording>',
  summary: 'Write the joints in a recording as CSV or JSON lines.',
  description:
    'Write the joints in a recording (a file, or a folder of them) as text, one line per hand and moment, on stdout or into a ' +
    'file: stamps in nanoseconds, positions in metres, names of joints as in docs/joints.md. Of several hands at one moment each ' +
    'has its line, told apart by hand_id. A hand that is not tracked has empty cells (CSV) or null (JSON).\n\n' +
    'With --description, palm position (metres), normal, direction and velocity, pinch and grab, curls and the orientation of each ' +
    'bone (quaternions) follow, worked out from the joints: see docs/joints.md. Each column has one type: DuckDB, pandas or ' +
    'Arrow read it from stdin and write Parquet.\n\n' +
    'Ends with 3 if the input breaks off.',
  example: 'export hands.mcap --format csv | head -3',
  options: (command) =>
    command
      .addOption(new Option('--format <format>', 'Of the text.').choices(['csv', 'jsonl']).default('csv'))
      .option('--description', 'Add the description of each hand after its joints.')
      .option('--topic <topic>', 'Topic of the joints: /hand/joints by default, or the only one with joints.')
      .option('-o, --output <file>', 'File to write; stdout by default.'),
  load: async () => (await import('../actions/export.js')).exportJoints,
};
