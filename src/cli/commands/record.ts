import { Option } from 'commander';
import type { RecordCommandOptions } from '../actions/record.js';
import { collect } from '../option-values.js';
import { addRecordingOptions } from '../recording-options.js';
import type { SubcommandSpec } from '../subcommand.js';

export const recordCommand: SubcommandSpec<RecordCommandOptions> = {
  usage: 'record',
  summary: 'Record topics of a ROS 2 graph, a Foxglove server or another recording.',
  description:
    'Record topics to MCAP until SIGINT, SIGTERM, a limit or the end of the sources. Packing and writing are done by a thread of ' +
    'their own; messages for which there is no room to wait are dropped and counted by topic. While it grows a file is called ' +
    'FILE.partial; after a crash `voxhand recover FILE.partial -o FILE` makes a whole recording of it.\n\n' +
    'With --snapshot only the last seconds are written, when SIGUSR1 arrives, when an event of --snapshot-on happens, or, on ' +
    'ROS 2, when the service ~/snapshot (std_srvs/srv/Trigger) is called; its answer names the file.\n\n' +
    'On ROS 2 this is the node voxhand_recorder; everything from --ros-args on is for ROS 2.\n\n' +
    'A pattern: * stands for any characters but /, ** for any, ? for one.\n\n' +
    'Ends with 0 when stopped by a signal or a limit, with 3 (completed with data loss) if messages were dropped, --min-free was reached or a snapshot was ' +
    'refused, with 1 if the disk failed: what was there by then is in a file that can be read.',
  example:
    "record --source ros2 --topics '/camera/depth/**' --topics '/tf*' -o cell.mcap --split-size 2GB\n" +
    '  $ voxhand record --snapshot 10s --snapshot-on lost-hand -o lost.mcap --ros-args -r __ns:=/cell\n' +
    '  $ ros2 service call /cell/voxhand_recorder/snapshot std_srvs/srv/Trigger',
  options: (command) =>
    addRecordingOptions(
      command
        .requiredOption(
          '-o, --output <file>',
          'Recording to write (MCAP); {time} in its name becomes the time, as 20261122T183000Z.',
        )
        .option(
          '--source <source>',
          'Where from: ros2 (the ROS 2 graph), ws://host:port (a Foxglove server), or a recording; may be repeated. Default ros2.',
          collect,
        )
        .option('--topics <pattern>', 'Names or patterns of topics; may be repeated. All by default.', collect)
        .option('--exclude <pattern>', 'Topics to leave out of those; may be repeated.', collect),
    ).addOption(new Option('--ros-args [args]', 'For ROS 2: all that follows, up to -- or the end.')),
  dependent: [
    { options: ['snapshotBytes'], when: ({ snapshot }) => snapshot !== undefined, expected: '--snapshot with it' },
  ],
  load: async () => (await import('../actions/record.js')).record,
};
