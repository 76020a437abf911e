import type { DemoCommandOptions } from '../actions/demo.js';
import type { SubcommandSpec } from '../subcommand.js';

export const demoCommand: SubcommandSpec<DemoCommandOptions> = {
  usage: 'demo',
  summary: 'Replay the demo recording: what `npm start` does.',
  description:
    'Replay the demo recording that comes with the repository (a synthetic hand with ground truth), write the joints and ' +
    'a preview picture, and say how far off they are: with the network, and with perfect heat maps in its place.',
  example: 'demo',
  options: (command) =>
    command
      .option('-o, --output-folder <folder>', 'Where demo-hands.mcap and preview.png go.', 'out')
      .option('--model <name|path>', 'A packaged model, or the folder of one; else the default one.'),
  load: async () => (await import('../actions/demo.js')).demo,
};
