import type { SubcommandSpec } from '../subcommand.js';
import type { TalkOptions } from '../terminal.js';

export const doctorCommand: SubcommandSpec<TalkOptions> = {
  usage: 'doctor',
  summary: 'Check that voxhand can work on this machine.',
  description:
    'Check Node, the network runtime and each provider that it can really use, the packaged models by their self-tests, ' +
    'the pose prior, compression, ROS 2 and memory, and report what to do where something is missing. Ends with 1 if ' +
    'something essential fails.',
  example: 'doctor',
  load: async () => (await import('../actions/doctor.js')).doctor,
};
