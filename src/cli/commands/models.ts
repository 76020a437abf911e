import type { ModelsCommandOptions } from '../actions/models.js';
import type { SubcommandSpec } from '../subcommand.js';

export const modelsCommand: SubcommandSpec<ModelsCommandOptions> = {
  usage: 'models [name|path]',
  summary: 'List the models that come with voxhand.',
  description:
    'List the models that come with voxhand, or describe one, also one of your own: what goes in and comes out, size, ' +
    'licence, error and speed as measured when it was exported.\n\n' +
    'Ends with 1 if a manifest cannot be read or, with --check, if a model fails.',
  example: 'models ./my-model --check',
  options: (command) =>
    command.option('--check', 'Open each model: verify the sha256 of its files and its tensors, run its self-test.'),
  load: async () => (await import('../actions/models.js')).models,
};
