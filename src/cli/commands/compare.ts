import type { CompareCommandOptions } from '../actions/compare.js';
import { count } from '../option-values.js';
import type { SubcommandSpec } from '../subcommand.js';

export const compareCommand: SubcommandSpec<CompareCommandOptions> = {
  usage: 'compare <golden> <new>',
  summary: 'Compare the results of a recording with those of a golden one.',
  description:
    'Compare two recordings of results, frame by frame by their stamps: how far joints moved in mm, results missing and extra, ' +
    'hands and gesture events that appeared, were lost or moved, confidences; apart from that, the times of the results, and what ' +
    'the recordings carry about their origin.\n\n' +
    'What may differ is in a file of tolerances: --tolerances, or the one beside the golden recording (demo.tolerances.yaml ' +
    'beside demo.mcap or demo.golden.mcap), or the defaults; see docs/regression.md.\n\n' +
    'Ends with 0 within tolerance, 1 if not, 2 for a wrong command line, 3 if it completed with data loss: a recording was not read to its end.',
  example: 'compare golden/cell.mcap out/cell.mcap --junit compare.xml --html compare.html',
  options: (command) =>
    command
      .option('--tolerances <file>', 'What may differ (YAML).')
      .option('--topic <name>', 'Topic of the results.', '/hand/joints')
      .option('--events <name>', 'Topic of the gesture events.', '/hand/gestures')
      .option('--junit <file>', 'Test results to write, as CI systems read them (JUnit XML).')
      .option('--html <file>', 'Report to write: plots, and the worst frames with both hands drawn (one HTML file).')
      .option('--worst <n>', 'Frames that are drawn in the report.', count, 6)
      .option(
        '--input <recording>',
        'Recording with the depth images for the report; by default the new or the golden one, if it has them.',
      ),
  load: async () => (await import('../actions/compare.js')).compare,
};
