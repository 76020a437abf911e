import { readFile } from 'node:fs/promises';
import { VoxhandError } from '../errors/index.js';
import { withOverrides } from '../node/index.js';
import { usesSimTime } from '../tracking/config-file.js';
import type { findInputTopics, TrackerConfig } from '../tracking/index.js';
import { loadConfig } from '../tracking/load-config.js';
import type { LiveBus, PlaybackControl } from '../transport/port/index.js';
import type { Ros2Host } from '../transport/ros2/host.js';

/** One tracker on a command line. */
export interface TrackerSpec {
  readonly name: string;
  /** A configuration file. */
  readonly config: string | undefined;
  /** `key.path=value` */
  readonly overrides: readonly string[];
  /** Completes the configuration by what is in a recording; by default with the topics of one camera. */
  readonly findTopics?: typeof findInputTopics;
}

/** Where a tracker lives, and what it shall do there. */
export interface OpenedBus {
  readonly bus: LiveBus;
  readonly config: TrackerConfig;
  /** On ROS 2: the node. */
  readonly host?: Ros2Host;
  /** Of a recording: viewers may control it. */
  readonly player?: PlaybackControl;
  /** Whether results can go out there. */
  readonly takesResults: boolean;
}

/**
 * Open the bus that a live tracker's frames come from, with its configuration, which may come from there in part. What a source
 * needs is loaded only when it is asked for.
 *
 * @param source `ros2`, `ws://host:port`, or a recording, which is played in real time
 * @param rosArgs from `--ros-args` on
 * @throws VoxhandError of the configuration, or of the source: `ROS2_UNAVAILABLE`, `CONNECTION_FAILED`
 */
export async function openLiveBus(source: string, spec: TrackerSpec, rosArgs: readonly string[]): Promise<OpenedBus> {
  if (source === 'ros2') return openRos2(spec, rosArgs);
  if (rosArgs.length > 0) {
    throw new VoxhandError('USAGE', '--ros-args without ROS 2', { expected: '--source ros2', found: source });
  }
  const config = await loadConfig(spec.config, spec.overrides);
  if (/^wss?:\/\//.test(source)) {
    const { connectFoxglove } = await import('../foxglove.js');
    const bus = await connectFoxglove(source);
    return { bus, config, takesResults: bus.server?.capabilities.includes('clientPublish') ?? false };
  }
  const { playedBus } = await import('./played-bus.js');
  return { ...(await playedBus(source, config, spec.findTopics)), takesResults: false };
}

async function openRos2(
  { name, config: file, overrides }: TrackerSpec,
  rosArgs: readonly string[],
): Promise<OpenedBus> {
  const given = await loadConfig(file, overrides);
  const { ros2Bus, ros2BusOptions } = await import('../ros2.js');
  const { parseRosArguments } = await import('../transport/ros2/ros-arguments.js');
  const names = { name, namespace: `/${given.namespace.replace(/^\//, '')}` };
  const ros = parseRosArguments(rosArgs, names);
  // the node's own namespace takes the place of the configured one
  const namespace = ros.namespace.slice(1);
  const placed = await loadConfig(file, [...overrides, `namespace=${JSON.stringify(namespace)}`]);
  const config = withOverrides(placed, ros.overrides);
  const useSimTime = file !== undefined && usesSimTime(await readFile(file, 'utf8'), file);
  try {
    const bus = await ros2Bus({
      node: name,
      namespace: names.namespace,
      rosArguments: rosArgs,
      useSimTime,
      ...ros2BusOptions(config),
    });
    return { bus, config, host: bus.host, takesResults: true };
  } catch (error) {
    if (!(error instanceof VoxhandError) || error.code !== 'ROS2_UNAVAILABLE') throw error;
    const instead = 'Without it, voxhand run --source ws://host:port takes a camera from a Foxglove server or bridge';
    throw new VoxhandError('ROS2_UNAVAILABLE', `${error.message}. ${instead}`, { cause: error });
  }
}
