import { createRequire } from 'node:module';
import { VoxhandError } from '../../errors/index.js';

/** A ROS 2 installation that this process can use. */
export interface Ros2Environment {
  /** `jazzy` */
  readonly distro: string;
  readonly prefixPaths: readonly string[];
  /** Where rclnodejs lies. */
  readonly rclnodejs: string;
}

const SOURCE_IT = 'install ROS 2 and run: source /opt/ros/<distro>/setup.bash';

/**
 * See whether ROS 2 can be used here, without touching it: importing rclnodejs without a sourced ROS 2 starts a compile
 * and deletes its compiled addon, so this looks at the environment first and only asks where the package would be.
 *
 * @param env the environment variables.
 * @param resolve finds a package; by default as an import from voxhand would.
 * @throws VoxhandError `ROS2_UNAVAILABLE` that says what is missing and what to do.
 */
export function checkRos2Environment(
  env: Readonly<Record<string, string | undefined>> = process.env,
  resolve: (name: string) => string = createRequire(import.meta.url).resolve,
): Ros2Environment {
  const { AMENT_PREFIX_PATH: prefixPaths, ROS_DISTRO: distro } = env;
  if (!prefixPaths || !distro) {
    const missing = prefixPaths ? 'ROS_DISTRO' : 'AMENT_PREFIX_PATH';
    throw unavailable(`${missing} in the environment: ${SOURCE_IT}`, `no ${missing}`);
  }
  let rclnodejs: string;
  try {
    rclnodejs = resolve('rclnodejs');
  } catch (cause) {
    throw unavailable('the package rclnodejs: in a shell with ROS 2 sourced, run npm install rclnodejs@2.2 (in a clone with --no-save --save-prod --ignore-scripts=false)', 'none', cause);
  }
  return {
    distro,
    prefixPaths: prefixPaths.split(':').filter((path) => path !== ''),
    rclnodejs,
  };
}

function unavailable(expected: string, found: string, cause?: unknown): VoxhandError {
  return new VoxhandError('ROS2_UNAVAILABLE', 'ROS 2 cannot be used in this process', { expected, found, cause });
}
