import type { SubcommandSpec } from '../subcommand.js';
import type { TalkOptions } from '../terminal.js';

export const modelsCommand: SubcommandSpec<TalkOptions> = {
  usage: 'models',
  summary: 'List the models that come with voxhand.',
  example: 'models',
  load: async () => (await import('../actions/models.js')).models,
};
