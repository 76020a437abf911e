import type { SubcommandSpec } from '../subcommand.js';
import type { TalkOptions } from '../terminal.js';

export const infoCommand: SubcommandSpec<TalkOptions> = {
  usage: 'info <recording>',
  summary: 'Show what is in a recording, and what of it voxhand would use.',
  description:
    'Show what is in a recording: topics, times, where it comes from, whether it is whole, and which topics voxhand would ' +
    'take depth and camera from. Ends with 3 if it breaks off.',
  example: 'info cell.mcap',
  load: async () => (await import('../actions/info.js')).info,
};
