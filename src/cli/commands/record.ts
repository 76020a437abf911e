import { Option } from 'commander';
import { RECORDING_COMPRESSIONS } from '../../bus/mcap/recorder/compression.js';
import type { RecordCommandOptions } from '../actions/record.js';
import { byteCount, collect, duration } from '../option-values.js';
import type { SubcommandSpec } from '../subcommand.js';

export const recordCommand: SubcommandSpec<RecordCommandOptions> = {
  usage: 'record',
  summary: 'Record topics of a ROS 2 graph, a Foxglove server or another recording.',
  description:
    'Record topics to MCAP until SIGINT, SIGTERM, a limit or the end of the sources. Packing and writing are done by a thread of ' +
    'their own; what would have to wait too long is dropped and counted by topic. While it grows a file is called ' +
    'FILE.partial; after a crash `voxhand recover FILE.partial -o FILE` makes a whole recording of it.\n\n' +
    'With --snapshot nothing is written but the last seconds, whenever SIGUSR1 comes or --snapshot-on says so.\n\n' +
    'A pattern: * stands for any characters but /, ** for any, ? for one.\n\n' +
    'Ends with 0 when stopped by a signal or a limit, with 3 if messages were dropped or --min-free was reached, with 1 if the ' +
    'disk failed: what was there by then is in a file that can be read.',
  example:
    "record --source ros2 --topics '/camera/depth/**' --topics '/tf*' -o cell.mcap --split-size 2GB\n" +
    '  $ voxhand record --snapshot 10s --snapshot-on lost-hand -o lost.mcap',
  options: (command) =>
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
      .option('--exclude <pattern>', 'Topics to leave out of those; may be repeated.', collect)
      .addOption(
        new Option('--compression <how>', 'none, fast (zstd), or small (zstd, several times slower).')
          .choices(RECORDING_COMPRESSIONS)
          .default('fast'),
      )
      .option(
        '--split-size <bytes>',
        'Begin another file before one is larger: 2GB. Files are named FILE_0.mcap and so on.',
        byteCount,
      )
      .option('--split-duration <time>', 'Begin another file after this time: 10m.', duration)
      .option('--max-bytes <bytes>', 'End before the files are larger together: 50GB.', byteCount)
      .option('--max-duration <time>', 'End after this time: 1h.', duration)
      .option('--min-free <bytes>', 'End when the disk has less left.', byteCount, 128 << 20)
      .option('--pending <bytes>', 'Bytes that may wait to be written.', byteCount, 128 << 20)
      .option('--snapshot <time>', 'Keep this time in memory and write it only when asked to.', duration)
      .option('--snapshot-bytes <bytes>', 'Memory that this may take.', byteCount, 512 << 20)
      .option(
        '--snapshot-on <reason>',
        'lost-hand, gesture, or a topic whose every message is a reason; may be repeated.',
        collect,
      )
      .option('--snapshot-after <time>', 'Time to go on after the reason before it is written.', duration)
      .option('--overwrite', 'Replace files of the same name.'),
  load: async () => (await import('../actions/record.js')).record,
};
