import { Option } from 'commander';
import { PROVIDERS } from '../../inference/provider.js';
import type { RunCommandOptions } from '../actions/run.js';
import { collect, duration, port, timeLimit } from '../option-values.js';
import { addRecordingOptions, RECORDING_GROUP } from '../recording-options.js';
import { addServeOptions, SERVER_GROUP } from '../serve-options.js';
import type { SubcommandSpec } from '../subcommand.js';

export const runCommand: SubcommandSpec<RunCommandOptions> = {
  usage: 'run',
  summary: 'Track the hands in front of a live camera: a node on ROS 2, or on a Foxglove server.',
  description:
    'Track the hands in the depth images of a live camera and publish joints, markers and diagnostics. On ROS 2 this is a node ' +
    'with parameters, services (~/pause, ~/resume, ~/reset) and, with --lifecycle, a managed life cycle; source ROS 2 first. ' +
    'Everything from --ros-args on is for ROS 2: remaps, parameters, logging.\n\n' +
    'Several trackers in one process: --tracker left=left.yaml --tracker right=right.yaml, each with a namespace or topics of its ' +
    'own in its file. The other options hold for all of them; remaps may be addressed: --ros-args -r left:__ns:=/cell.\n\n' +
    'With --record-snapshot, the recording is written only when asked to: the last seconds, by SIGUSR1, by the service ' +
    '~/snapshot (std_srvs/srv/Trigger), whose answer names the file, or by an event of --record-snapshot-on.\n\n' +
    'Runs until SIGINT or SIGTERM and ends within 2 s, with 0; see --stop-within. Bad input is reported in the diagnostics and on stderr; ' +
    'it does not end the node.',
  example:
    'run --depth-topic /camera/depth/image_rect_raw --camera-info-topic /camera/depth/camera_info\n' +
    '  $ voxhand run --config cell.params.yaml --serve --record cell-{time}.mcap --ros-args -r __ns:=/cell\n' +
    '  $ voxhand run --record lost-{time}.mcap --record-snapshot 10s --record-snapshot-on lost-hand\n' +
    '  $ VOXHAND_TOKEN=... voxhand run --serve --host 0.0.0.0 --origin https://viewer.example.com\n' +
    '  $ voxhand run --source ws://robot:8765',
  options: (command) => {
    command
      .option('--config <file>', 'Configuration: a ROS 2 parameter YAML.')
      .option('--set <key=value>', 'Override one setting of the configuration; may be repeated.', collect)
      .option(
        '--model <name|path>',
        'A packaged model (see `voxhand models`), or the folder of one; else as configured.',
      )
      .addOption(new Option('--provider <name>', 'Where the network runs; else as configured.').choices(PROVIDERS))
      .option('--gestures <file>', 'Recognise gestures by this profile (YAML) and publish them; else as configured.')
      .option('--depth-topic <topic>', 'Depth images; else as configured.')
      .option('--camera-info-topic <topic>', 'Their camera info; else as configured.')
      .option(
        '--source <source>',
        'Where from: ros2 (the ROS 2 graph), ws://host:port (a Foxglove server), or a recording, played in real time.',
        'ros2',
      )
      .option('--name <name>', 'Name of the node.', 'hand_tracker')
      .option('--tracker <name=file>', 'A tracker with its own configuration; may be repeated.', collect)
      .addOption(
        new Option('--role <role>', 'Which part of the pipeline runs here; else as configured.').choices([
          'whole',
          'camera',
          'inference',
        ]),
      )
      .option('--lifecycle', 'On ROS 2: a managed node, which somebody else configures and activates.')
      .option(
        '--serve [port]',
        'Serve Foxglove and the web page, on 127.0.0.1 and port 8765 unless told otherwise.',
        port,
      )
      .option(
        '--record <file>',
        'Recording to write (MCAP): what is published, and the images it comes from. {time} in its name becomes the time.',
      )
      .option('--no-record-input', 'Leave the images out of the recording.')
      .option(
        '--mqtt <url>',
        'Send gesture, pointer and enabling events to an MQTT broker (mqtt://host:1883); needs the npm package mqtt.',
      )
      .option('--mqtt-prefix <name>', 'With --mqtt: what its topics begin with; voxhand by default.')
      .option('--duration <time>', 'End after this time: 10m.', duration)
      .option(
        '--stop-within <time>',
        'Once asked to stop, end after this at the latest, whatever is left to be closed. More lets a busy machine close its recording.',
        timeLimit,
        1.8,
      )
      .addOption(new Option('--ros-args [args]', 'For ROS 2: all that follows, up to -- or the end.'));
    addServeOptions(command);
    return addRecordingOptions(command, { prefix: true });
  },
  dependent: [
    { group: SERVER_GROUP, when: ({ serve }) => serve !== undefined, expected: '--serve with it' },
    {
      group: RECORDING_GROUP,
      when: ({ record }) => record !== undefined,
      expected: '--record with it',
    },
    { options: ['mqttPrefix'], when: ({ mqtt }) => mqtt !== undefined, expected: '--mqtt with it' },
  ],
  load: async () => (await import('../actions/run.js')).run,
};
