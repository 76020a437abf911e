import { openRecording } from '../bus/mcap/index.js';
import type { BusSource } from '../bus/port/index.js';

/** Said on the command line of where messages can come from. */
export const SOURCE_HELP =
  'ros2 (the ROS 2 graph), ws://host:port (a Foxglove server), or a recording (a file or a folder)';

/** Messages that wait for the recorder on each topic of a live source; what comes beyond is counted there. */
const QUEUE = 64;

/**
 * Open what a command line names as a source of messages. Each kind is loaded only when it is asked for.
 *
 * @throws VoxhandError as the source itself; `ROS2_UNAVAILABLE` and `CONNECTION_FAILED` among them
 */
export async function openSource(spec: string): Promise<BusSource> {
  if (spec === 'ros2') return openRos2();
  if (/^wss?:\/\//.test(spec)) return openServer(spec);
  return openRecording(spec);
}

async function openRos2(): Promise<BusSource> {
  const { ros2Bus } = await import('../bus/ros2/index.js');
  return ros2Bus({ node: 'voxhand_record', capacity: QUEUE });
}

async function openServer(url: string): Promise<BusSource> {
  const { connectFoxglove } = await import('../bus/foxglove/index.js');
  return connectFoxglove(url, { queueSize: QUEUE });
}
