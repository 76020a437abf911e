import type { DemoCommandOptions } from '../actions/demo.js';
import { addServeOptions, SERVER_GROUP } from '../serve-options.js';
import type { SubcommandSpec } from '../subcommand.js';

export const demoCommand: SubcommandSpec<DemoCommandOptions> = {
  usage: 'demo',
  summary: 'Show the demo recording in a browser: what `npm start` does.',
  description:
    'Play the demo recording that comes with the repository (a synthetic hand with ground truth) in real time through the ' +
    'whole pipeline, in a loop, to a web page and to Foxglove, until Ctrl-C. On a desktop the page opens by itself.\n\n' +
    'With --contactless, the page is a control panel that the recorded hand operates without touching it: buttons, a slider, a dial, ' +
    'a list and a plan. With a live camera: voxhand run --serve --gestures profile.yaml, then open contactless.html on its server.\n\n' +
    'With --once, replay it at full speed instead, write the joints and a preview picture, and report how far off they are: ' +
    'with the network, and with perfect heat maps in its place.',
  example: 'demo --once',
  options: (command) =>
    addServeOptions(command)
      .option('--no-open', 'Leave the page closed; its address is printed.')
      .option('--contactless', 'Show the control panel that is operated by hand.')
      .option('--once', 'Once, at full speed, with figures; no server.')
      .option('-o, --output-folder <folder>', 'Where demo-hands.mcap and preview.png go.', 'out')
      .option('--model <name|path>', 'A packaged model, or the folder of one; else the default one.'),
  dependent: [
    { group: SERVER_GROUP, options: ['contactless'], when: ({ once }) => once !== true, expected: 'no --once' },
    { options: ['outputFolder'], when: ({ once }) => once === true, expected: '--once with it' },
  ],
  load: async () => (await import('../actions/demo.js')).demo,
};
