import { openRecording } from '../transport/mcap/index.js';
import type { BusSource } from '../transport/port/index.js';
import type { Ros2Host } from '../transport/ros2/host.js';

/** Messages that wait for the recorder on each topic of a live source; what comes beyond is counted there. */
const QUEUE = 64;

/** Where messages come from. */
export interface OpenedSource {
  readonly source: BusSource;
  /** On ROS 2: the node. */
  readonly host?: Ros2Host;
}

/**
 * Open what a command line names as a source of messages. Each kind is loaded only when it is asked for.
 *
 * @param rosArguments from `--ros-args` on, for ROS 2
 * @throws VoxhandError as the source itself; `ROS2_UNAVAILABLE` and `CONNECTION_FAILED` among them
 */
export async function openSource(spec: string, rosArguments: readonly string[] = []): Promise<OpenedSource> {
  if (spec === 'ros2') return openRos2(rosArguments);
  if (/^wss?:\/\//.test(spec)) return { source: await openServer(spec) };
  return { source: await openRecording(spec) };
}

async function openRos2(rosArguments: readonly string[]): Promise<OpenedSource> {
  const { ros2Bus } = await import('../ros2.js');
  const bus = await ros2Bus({ node: 'voxhand_recorder', capacity: QUEUE, rosArguments });
  return { source: bus, host: bus.host };
}

async function openServer(url: string): Promise<BusSource> {
  const { connectFoxglove } = await import('../foxglove.js');
  return connectFoxglove(url, { queueSize: QUEUE });
}
