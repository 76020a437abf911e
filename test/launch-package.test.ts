import { spawnSync } from 'node:child_process';
import {
  chmodSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join, resolve } from 'node:path';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it, test } from 'vitest';
import { parse } from 'yaml';
import { PARTS } from '../src/node/node-rules.js';
import { trackerConfig } from '../src/tracking/config.js';
import { loadConfig } from '../src/tracking/load-config.js';
import { OUTPUTS } from '../src/tracking/output-topics.js';
import { trackerParameters } from '../src/tracking/parameters.js';

const PARAMS = 'launch/params';
const LAUNCH_FILES = ['launch/hand_tracking.launch.py', 'launch/replay.launch.py'];
const PYTHON = spawnSync('python3', ['--version']).status === 0;

/** Whether launch files can be loaded here. */
const LAUNCH_ROS =
  process.env.ROS_DISTRO !== undefined && PYTHON && spawnSync('python3', ['-c', 'import launch_ros']).status === 0;

if (!PYTHON) console.warn('compiling the launch files is SKIPPED: there is no python3');
if (!LAUNCH_ROS) console.warn('loading the launch files is SKIPPED: it needs a sourced ROS 2 with launch_ros');

/** What each driver publishes: depth, camera info, whether the image is rectified. */
const CAMERAS: readonly [string, string, string, boolean][] = [
  ['realsense_d4xx', '/camera/camera/depth/image_rect_raw', '/camera/camera/depth/camera_info', true],
  ['orbbec_femto_gemini', '/camera/depth/image_raw', '/camera/depth/camera_info', false],
  ['azure_kinect', '/depth/image_raw', '/depth/camera_info', false],
  ['oak_d', '/oak/stereo/image_raw', '/oak/stereo/camera_info', true],
  ['simulation', '/rgbd_camera/depth_image', '/rgbd_camera/camera_info', true],
];

describe('the parameter files', () => {
  test.each(CAMERAS)('of %s set topics and units, and nothing else', async (name, depth, cameraInfo, rectified) => {
    const defaults = trackerConfig();
    expect(await loadConfig(join(PARAMS, `${name}.params.yaml`))).toEqual({
      ...defaults,
      topics: { ...defaults.topics, depth, cameraInfo },
      input: { ...defaults.input, depthUnit: 0.001, rectified },
    });
  });

  it('are all listed here', () => {
    const names = readdirSync(PARAMS).map((file) => file.replace('.params.yaml', ''));
    expect(names.sort()).toEqual(['default', ...CAMERAS.map(([name]) => name)].sort());
  });
});

describe('the packages for a colcon workspace', () => {
  const { version } = JSON.parse(readFileSync('package.json', 'utf8')) as { version: string };

  test.each(['launch/package.xml', 'msgs/voxhand_msgs/package.xml'])(
    '%s has the version of the npm package',
    (file) => {
      expect(readFileSync(file, 'utf8')).toContain(`<version>${version}</version>`);
    },
  );

  it('name every package that the launch files import or start', () => {
    const manifest = readFileSync('launch/package.xml', 'utf8');
    const declared = [...manifest.matchAll(/<exec_depend>(\w+)<\/exec_depend>/g)].map(([, name]) => name);
    const texts = LAUNCH_FILES.map((file) => readFileSync(file, 'utf8')).join('\n');
    const imported = [...texts.matchAll(/^(?:from|import) (\w+)/gm)].map(([, name]) => name as string);
    const own = ['pathlib'];
    expect(new Set(imported.filter((name) => !own.includes(name) && !declared.includes(name)))).toEqual(new Set());
    expect(texts).toContain("'ros2', 'bag', 'play'");
    expect(texts).toContain("'--storage', 'mcap'");
    expect(declared).toEqual(expect.arrayContaining(['ros2bag', 'rosbag2_transport', 'rosbag2_storage_mcap']));
  });

  it('install every launch file', () => {
    const cmake = readFileSync('launch/CMakeLists.txt', 'utf8');
    for (const file of LAUNCH_FILES) expect(cmake).toContain(file.replace('launch/', ''));
  });
});

describe('the files for other tools', () => {
  const read = (file: string) => parse(readFileSync(`launch/${file}`, 'utf8'));

  it('of RViz show topics that a tracker has, as what they carry', () => {
    const SHOWS: Record<string, string> = {
      MarkerArray: 'visualization_msgs/msg/MarkerArray',
      PoseArray: 'geometry_msgs/msg/PoseArray',
      PointStamped: 'geometry_msgs/msg/PointStamped',
      DepthCloud: 'sensor_msgs/msg/Image',
    };
    const { topics } = trackerConfig();
    const published = OUTPUTS.map(([key, { type }]) => [topics[key], type] as const);
    const known = new Map<string, string>([...published, [topics.depth, SHOWS.DepthCloud]]);
    const shown = read('rviz/hands.rviz')['Visualization Manager'].Displays.flatMap(
      (display: { Class: string; Topic?: { Value: string }; 'Depth Map Topic'?: string }) => {
        const topic = display.Topic?.Value ?? display['Depth Map Topic'];
        return topic === undefined ? [] : [[topic, SHOWS[display.Class.replace('rviz_default_plugins/', '')]]];
      },
    );
    expect(shown).toHaveLength(4);
    for (const [topic, type] of shown) expect([topic, type]).toEqual([topic, known.get(topic)]);
  });

  it('of diagnostic_aggregator expect all that a tracker reports', () => {
    const { hand_tracker: analyzer } = read('diagnostics/aggregator.params.yaml').analyzers.ros__parameters;
    expect(analyzer.expected).toEqual(PARTS.map((part) => `/hand_tracker: ${part}`));
    // it calls a status stale that is older than this
    expect(analyzer.timeout).toBeGreaterThan(2 * trackerConfig().diagnostics.period);
  });

  it('are installed', () => {
    expect(readFileSync('launch/CMakeLists.txt', 'utf8')).toContain('install(DIRECTORY params rviz diagnostics ');
  });
});

describe('the launch files', () => {
  test.runIf(PYTHON).each(LAUNCH_FILES)('%s compiles', (file) => {
    const { status, stderr } = spawnSync('python3', ['-c', COMPILE, file], { encoding: 'utf8' });
    expect(stderr).toBe('');
    expect(status).toBe(0);
  });

  test.runIf(PYTHON)('activate after the first configure only, and only where that succeeded', () => {
    const { stdout, stderr } = spawnSync('python3', ['-c', AUTOSTART, 'launch/hand_tracking.launch.py'], {
      encoding: 'utf8',
      env: { ...process.env, PYTHONDONTWRITEBYTECODE: '1' },
    });
    expect(stderr).toBe('');
    expect(JSON.parse(stdout)).toEqual({ once: true, from: 'configuring', inactive: ['activate'], unconfigured: [] });
  });

  it('hand every argument of the replay on to the tracker by a name that it has', () => {
    const names = (file: string) =>
      [...readFileSync(file, 'utf8').matchAll(/DeclareLaunchArgument\(\s*'(\w+)'/g)].map(([, name]) => name as string);
    const [tracking, replay] = LAUNCH_FILES.map(names);
    const own = ['recording', 'rate', 'loop', 'start_paused', 'delay', 'clock_rate', 'topics', 'tracker'];
    expect(replay.filter((name) => !own.includes(name) && !tracking.includes(name))).toEqual([]);
  });
});

/** In a process of its own and without writing a cache into the repository. */
const COMPILE = 'import ast, sys; ast.parse(open(sys.argv[1]).read(), sys.argv[1])';

/** What the launch file of a managed node registers, with stand-ins for the launch system that keep what they are given. */
const AUTOSTART = `
import importlib.util, json, sys
from types import SimpleNamespace
from unittest.mock import MagicMock

names = ['ament_index_python', 'ament_index_python.packages', 'launch', 'launch.actions', 'launch.conditions', 'launch.events',
         'launch.substitutions', 'launch_ros', 'launch_ros.actions', 'launch_ros.event_handlers', 'launch_ros.events',
         'launch_ros.events.lifecycle', 'launch_ros.parameter_descriptions', 'lifecycle_msgs', 'lifecycle_msgs.msg']
sys.modules.update({name: MagicMock() for name in names})
keep = lambda **given: SimpleNamespace(**given)
sys.modules['launch.actions'].OpaqueFunction = keep
sys.modules['launch.actions'].EmitEvent = keep
sys.modules['launch.substitutions'].LaunchConfiguration = lambda name: SimpleNamespace(
    perform=lambda context: {'lifecycle': 'true', 'autostart': 'true'}.get(name, ''))
sys.modules['launch_ros.event_handlers'].OnStateTransition = keep
sys.modules['launch_ros.events.lifecycle'].ChangeState = keep
sys.modules['launch_ros.actions'].LifecycleNode = type('LifecycleNode', (), {'__init__': lambda self, **given: None})
sys.modules['launch_ros.actions'].Node = type('Node', (), {'__init__': lambda self, **given: None})
sys.modules['lifecycle_msgs.msg'].Transition = SimpleNamespace(TRANSITION_ACTIVATE='activate', TRANSITION_CONFIGURE='configure')
sys.modules['launch.actions'].RegisterEventHandler = lambda handler: handler

spec = importlib.util.spec_from_file_location('tracking', sys.argv[1])
tracking = importlib.util.module_from_spec(spec)
spec.loader.exec_module(tracking)
handler, tracker, configure = tracking.start_tracker(None)
assert configure.event.transition_id == 'configure'

def after(state):
    context = SimpleNamespace(locals=SimpleNamespace(event=SimpleNamespace(goal_state=state)))
    return [action.event.transition_id for function in handler.entities for action in function.function(context)]

json.dump({'once': handler.handle_once, 'from': handler.start_state,
           'inactive': after('inactive'), 'unconfigured': after('unconfigured')}, sys.stdout)
`;

describe('ros2 run voxhand voxhand', () => {
  let folder: string;
  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), 'voxhand-launch-'));
  });
  afterEach(() => rmSync(folder, { recursive: true, force: true }));

  /** The installed program, as CMake would write it for a checkout in `checkout`. */
  function installed(checkout: string): string {
    const file = join(folder, 'voxhand');
    writeFileSync(file, readFileSync('launch/bin/voxhand.in', 'utf8').replaceAll('@VOXHAND_CHECKOUT@', checkout));
    chmodSync(file, 0o755);
    return file;
  }

  /** A package whose command only says which one it is and what it was given. */
  function packageIn(home: string): string {
    const main = join(home, 'dist/cli/main.js');
    mkdirSync(dirname(main), { recursive: true });
    writeFileSync(main, `console.log(JSON.stringify([${JSON.stringify(home)}, ...process.argv.slice(2)]));\n`);
    return home;
  }

  const run = (file: string, env: Record<string, string> = {}, path = process.env.PATH ?? '') =>
    spawnSync(file, ['--serve', '--ros-args', '-r', 'a:=b c'], { encoding: 'utf8', env: { PATH: path, ...env } });
  const GIVEN = ['run', '--serve', '--ros-args', '-r', 'a:=b c'];

  it('starts the checkout that it was built from, with its arguments as they are', () => {
    const checkout = packageIn(join(folder, "a checkout's folder".replace("'", '')));
    const { stdout, status } = run(installed(checkout));
    expect(JSON.parse(stdout)).toEqual([checkout, ...GIVEN]);
    expect(status).toBe(0);
  });

  it('prefers VOXHAND_HOME, the package itself or a folder that has it installed', () => {
    const file = installed(packageIn(join(folder, 'checkout')));
    const home = packageIn(join(folder, 'home'));
    const project = join(folder, 'project');
    const installation = packageIn(join(project, 'node_modules/voxhand'));
    expect(JSON.parse(run(file, { VOXHAND_HOME: home }).stdout)).toEqual([home, ...GIVEN]);
    expect(JSON.parse(run(file, { VOXHAND_HOME: project }).stdout)).toEqual([installation, ...GIVEN]);
  });

  it('falls back to a global voxhand', () => {
    const file = installed(join(folder, 'not-built'));
    const bin = join(folder, 'bin');
    mkdirSync(bin);
    writeFileSync(join(bin, 'voxhand'), '#!/bin/sh\necho "global $*"\n', { mode: 0o755 });
    expect(run(file, {}, `${bin}:/usr/bin:/bin`).stdout).toBe('global run --serve --ros-args -r a:=b c\n');
  });

  it('says what to do where there is no package, and never starts itself', () => {
    const file = installed(join(folder, 'not-built'));
    const { stderr, status } = run(file, {}, `${folder}:/usr/bin:/bin`);
    expect(stderr).toMatch(/not built: run npm ci && npm run build in .*not-built, or npm install -g voxhand/);
    expect(status).toBe(1);
  });

  it('says that VOXHAND_HOME is wrong rather than start something else', () => {
    const file = installed(packageIn(join(folder, 'checkout')));
    const { stdout, stderr, status } = run(file, { VOXHAND_HOME: '/nowhere' });
    expect(stdout).toBe('');
    expect(stderr).toMatch(/VOXHAND_HOME is \/nowhere, but there is neither/);
    expect(status).toBe(1);
  });

  it('ends with the status of what it started', () => {
    const checkout = packageIn(join(folder, 'checkout'));
    writeFileSync(join(checkout, 'dist/cli/main.js'), 'process.exit(3);\n');
    expect(run(installed(checkout)).status).toBe(3);
  });
});

describe.runIf(LAUNCH_ROS)('with ROS 2 sourced, the launch files', () => {
  let prefix: string;
  beforeAll(() => {
    // the package as colcon would install it, as far as launch files look for it
    prefix = mkdtempSync(join(tmpdir(), 'voxhand-prefix-'));
    const index = join(prefix, 'share/ament_index/resource_index/packages');
    mkdirSync(index, { recursive: true });
    writeFileSync(join(index, 'voxhand'), '');
    mkdirSync(join(prefix, 'share/voxhand'));
    symlinkSync(resolve(PARAMS), join(prefix, 'share/voxhand/params'));
  });
  afterAll(() => rmSync(prefix, { recursive: true, force: true }));

  const describing = (file: string, args: readonly string[]) =>
    spawnSync('python3', ['test/helpers/describe_launch.py', `launch/${file}`, ...args], {
      encoding: 'utf8',
      env: {
        ...process.env,
        PYTHONDONTWRITEBYTECODE: '1',
        AMENT_PREFIX_PATH: `${prefix}:${process.env.AMENT_PREFIX_PATH}`,
      },
    });

  /** What a launch file comes to with these arguments. */
  function described(file: string, ...args: string[]): LaunchedProcess[] {
    const { stdout, stderr, status } = describing(file, args);
    expect(status, stderr).toBe(0);
    return JSON.parse(stdout) as LaunchedProcess[];
  }

  it('start a plain node that is told nothing but the time and how loud to be', () => {
    expect(described('hand_tracking.launch.py')).toEqual([
      {
        kind: 'Node',
        name: '/hand_tracker',
        arguments: ['--ros-args', '--log-level', 'info'],
        parameters: { use_sim_time: false },
      },
    ]);
  });

  it('let an argument win over the parameter file, as the string that it is', () => {
    const [tracker] = described(
      'hand_tracking.launch.py',
      'params_file:=azure_kinect',
      'depth_topic:=/kinect/depth/image_raw',
      'target_frame:=1',
      'provider:=cuda',
      'serve:=true',
      'role:=camera',
      'camera:=left',
      'namespace:=cell',
      'node_name:=eye',
    );
    expect(tracker).toEqual({
      kind: 'Node',
      name: '/cell/eye',
      arguments: ['--serve', '--role', 'camera', '--ros-args', '--log-level', 'info'],
      parameters: {
        'topics.depth': '/kinect/depth/image_raw',
        'topics.camera_info': '/depth/camera_info',
        'input.depth_unit': 0.001,
        'input.rectified': false,
        'inference.provider': 'cuda',
        'output.target_frame': '1',
        'distribution.camera': 'left',
        use_sim_time: false,
      },
    });
  });

  it('set only parameters that there are', () => {
    const all = ['depth_topic', 'camera_info_topic', 'model', 'target_frame', 'camera'].map((name) => `${name}:=x`);
    const [tracker] = described('hand_tracking.launch.py', ...all, 'handedness:=left', 'provider:=webgpu');
    const known = trackerParameters().map(({ name }) => name);
    expect(Object.keys(tracker?.parameters ?? {}).filter((name) => !known.includes(name))).toEqual(['use_sim_time']);
    expect(Object.keys(tracker?.parameters ?? {})).toHaveLength(8);
  });

  it('bring a managed node to active, or leave that to others', () => {
    const kinds = (...args: string[]) =>
      described('hand_tracking.launch.py', 'lifecycle:=true', ...args).map(({ kind }) => kind);
    expect(kinds()).toEqual(['RegisterEventHandler', 'LifecycleNode', 'EmitEvent']);
    expect(kinds('autostart:=false')).toEqual(['RegisterEventHandler', 'LifecycleNode']);
    expect(described('hand_tracking.launch.py', 'lifecycle:=true')[1]?.arguments[0]).toBe('--lifecycle');
  });

  it('play a recording with its clock, and track it in its time', () => {
    const recording = resolve('recordings/demo.mcap');
    const [tracker, player] = described('replay.launch.py', `recording:=${recording}`, 'rate:=0.5', 'loop:=true');
    expect(tracker).toMatchObject({ kind: 'Node', parameters: { use_sim_time: true } });
    expect(player?.command?.join(' ')).toBe(
      `ros2 bag play ${recording} --disable-keyboard-controls --clock 100.0 --rate 0.5 --storage mcap --delay 3.0 --loop ` +
        '--topics /depth/image_rect_raw /depth/camera_info /tf /tf_static',
    );
    expect(described('replay.launch.py', `recording:=${recording}`, 'tracker:=false')).toHaveLength(1);
  });

  test.each([
    [
      'hand_tracking.launch.py',
      'params_file:=kinect',
      /params_file:=kinect is neither a file nor one of: azure_kinect, default, oak_d/,
    ],
    ['hand_tracking.launch.py', 'provider:=gpu', /"gpu" is not valid/],
    ['replay.launch.py', 'recording:=/nowhere.mcap', /recording:=\/nowhere.mcap does not exist/],
    ['replay.launch.py', 'rate:=1', /recording/],
  ])('%s refuses %s and says why', (file, argument, why) => {
    const { stderr, status } = describing(file, [argument]);
    expect(stderr).toMatch(why);
    expect(status).not.toBe(0);
  });
});

interface LaunchedProcess {
  readonly kind: string;
  readonly name?: string;
  readonly arguments: readonly string[];
  readonly parameters?: Record<string, unknown>;
  readonly command?: readonly string[];
}
