import { Option } from 'commander';
import { PROVIDERS } from '../../inference/provider.js';
import type { ReplayCommandOptions } from '../actions/replay.js';
import { collect, count, duration, LIVE_SINKS, port, positive } from '../option-values.js';
import { addServeOptions, SERVER_GROUP } from '../serve-options.js';
import type { SubcommandSpec } from '../subcommand.js';

export const replayCommand: SubcommandSpec<ReplayCommandOptions> = {
  usage: 'replay <recording>',
  summary: 'Track the hands in a recording and record the joints.',
  description:
    'Track the hands in a recording of depth frames, frame by frame in lock step, and write joints, markers and a ' +
    'scene for viewers beside what was recorded. The same input gives the same bytes, and so the same digest.\n\n' +
    'A recording is a file, or a folder of them (rosbag2, a split recording). With --rate or --to it is played at times, and ' +
    '--to shows it on a ROS 2 graph or to viewers, who can pause, step and seek.\n\n' +
    'Ends with 3 (completed with data loss) if frames were dropped or the recording breaks off.',
  example: 'replay cell.mcap -o hands.mcap --preview sheet.png --set heat_maps.decoder=smax',
  options: (command) => {
    command
      .option('-o, --output <file>', 'Recording to write (MCAP); without it only the summary is printed.')
      .option(
        '--model <name|path>',
        'A packaged model (see `voxhand models`), or the folder of one; else as configured.',
      )
      .option('--config <file>', 'Configuration: a ROS 2 parameter YAML.')
      .option('--set <key=value>', 'Override one setting of the configuration; may be repeated.', collect)
      .addOption(new Option('--provider <name>', 'Where the network runs; else as configured.').choices(PROVIDERS))
      .option('--gestures <file>', 'Recognise gestures by this profile (YAML) and record them; else as configured.')
      .option('--ideal', 'Draw perfect heat maps from the ground truth instead of running the network.')
      .option('--truth <topic>', 'Topic of ground truth in the recording; by default /hand/truth where it is there.')
      .addOption(
        new Option(
          '--depth <how>',
          'Depth images in the output: raw (what viewers show), copy (as they were), or none.',
        )
          .choices(['raw', 'copy', 'none'])
          .default('raw'),
      )
      .option('--no-raw-joints', "Leave out each decoder's joints before smoothing, which `voxhand eval` compares.")
      .option(
        '--no-views',
        'With --depth raw, leave out what else only viewers need: points, cubes, skeletons over the image, diagnostics.',
      )
      .option('--preview <file>', 'Contact sheet to write (PNG): depth frames with the skeleton drawn on them.')
      .option('--preview-frames <n>', 'Frames on the contact sheet.', count, 12)
      .option('--start <time>', "Begin this long after the recording's first message: 12.5s, 2m.", duration)
      .option('--duration <time>', 'End this long after that.', duration)
      .option('--topics <pattern>', 'Topics that are replayed; may be repeated. All by default.', collect)
      .option('--remap <old:=new>', 'Another name for a topic; may be repeated.', collect)
      .option('--fault <faults>', 'Faults of the input, on purpose: drop=0.1,jitter=20ms,seed=3.', collect)
      .option('--loop [times]', 'Replay again and again, or this many times; the pipeline is reset each time.', count)
      .option(
        '--rate <speed>',
        'Replay at the pace of the recording, times this; as fast as possible by default.',
        positive,
      )
      .option('--start-paused', 'Show the first frame and wait for a viewer to press play; with --to serve.')
      .addOption(new Option('--to <where>', 'Play it to a ROS 2 graph, or to viewers by a server.').choices(LIVE_SINKS))
      .option('--serve [port]', 'Short for --to serve, with --port.', port)
      .option(
        '--clock [rate]',
        'Publish the time on /clock, at this rate in Hz (100 by default); with --to ros2 and --no-track.',
        positive,
      )
      .option('--no-track', 'Play the recording as it is, without tracking; with --to.');
    return addServeOptions(command);
  },
  dependent: [
    {
      group: SERVER_GROUP,
      when: ({ to, serve }) => to === 'serve' || serve !== undefined,
      expected: '--serve with it',
    },
    { options: ['points'], when: ({ track }) => track !== false, expected: 'no --no-track' },
    { options: ['views'], when: ({ output }) => output !== undefined, expected: '--output with it' },
    { options: ['previewFrames'], when: ({ preview }) => preview !== undefined, expected: '--preview with it' },
  ],
  load: async () => (await import('../actions/replay.js')).replay,
};
