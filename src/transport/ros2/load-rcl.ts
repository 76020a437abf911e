import { existsSync, readdirSync } from 'node:fs';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import { isMainThread } from 'node:worker_threads';
import { VoxhandError } from '../../errors/index.js';
import type { RclLibrary, RclRuntime, WatchLosses } from './rcl.js';

/**
 * Load rclnodejs, once it is known that it can be.
 *
 * @throws VoxhandError `ROS2_UNAVAILABLE` that says what to source, install or build.
 */
export async function loadRcl(): Promise<RclRuntime> {
  const { distro, rclnodejs } = checkRos2Environment();
  if (!isMainThread) {
    throw new VoxhandError('ROS2_UNAVAILABLE', 'rclnodejs ends the process in a worker thread', {
      expected: 'the main thread',
      found: 'a worker thread',
    });
  }
  checkAddon(dirname(dirname(rclnodejs)), distro);
  // a variable, so that the compiler does not look for an optional package
  const name: string = 'rclnodejs';
  let rcl: RclLibrary;
  try {
    rcl = ((await import(name)) as { default: RclLibrary }).default;
  } catch (cause) {
    throw new VoxhandError('ROS2_UNAVAILABLE', 'rclnodejs does not load', {
      expected: `it to be built for this ROS 2 (${distro}): in this shell, run npm rebuild rclnodejs`,
      found: (cause as Error).message,
      cause,
    });
  }
  rcl.removeSignalHandlers();
  const watchLosses = await lossWatcher();
  return { rcl, distro, ...(watchLosses === undefined ? {} : { watchLosses }) };
}

/** Importing rclnodejs without its compiled part would compile it, which blocks the process for minutes. */
function checkAddon(folder: string, distro: string): void {
  const prebuilt = join(folder, 'prebuilds', `${process.platform}-${process.arch}`);
  const fits = (name: string) => name.startsWith(`${distro}-`) && name.endsWith('.node');
  if (existsSync(join(folder, 'build', 'Release', 'rclnodejs.node'))) return;
  if (existsSync(prebuilt) && readdirSync(prebuilt).some(fits)) return;
  throw new VoxhandError('ROS2_UNAVAILABLE', 'rclnodejs is not built for this ROS 2', {
    expected: `its addon for ${distro}: in this shell, run npm rebuild rclnodejs`,
    found: 'none',
    where: folder,
  });
}

interface EventModule {
  readonly SubscriptionEventCallbacks: new () => {
    messageLost: (status: { readonly total_count_change: number }) => void;
    createEventHandlers(subscriptionHandle: unknown): readonly object[];
  };
}

/**
 * rclnodejs can tell of lost messages, but does not export the class that its `createSubscription` wants for it. The
 * module it is in can be imported, and a node keeps its event handlers in a list: where either is different, nothing is
 * reported, and nothing else is affected.
 *
 * @returns undefined where there is no such event: before Jazzy, or another rclnodejs.
 */
export async function lossWatcher(): Promise<WatchLosses | undefined> {
  const name: string = 'rclnodejs/lib/event_handler.js';
  let module: EventModule;
  try {
    module = (await import(name)) as EventModule;
    new module.SubscriptionEventCallbacks(); // throws before Jazzy
  } catch {
    return undefined;
  }
  return (node, subscription, onLost) => {
    const list = (node as { _events?: unknown })._events;
    if (!Array.isArray(list)) return false;
    try {
      const callbacks = new module.SubscriptionEventCallbacks();
      callbacks.messageLost = ({ total_count_change: count }) => onLost(count);
      const handlers = callbacks.createEventHandlers(subscription.handle);
      list.push(...handlers);
      // the node destroys them with the subscription
      (subscription as { events?: unknown }).events = handlers;
      (node as unknown as { syncHandles(): void }).syncHandles();
      return true;
    } catch {
      return false; // the middleware has no such event
    }
  };
}

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
    throw unavailable(
      'the package rclnodejs: in a shell with ROS 2 sourced, run npm install rclnodejs@2.2 (in a clone with --no-save --save-prod --ignore-scripts=false)',
      'none',
      cause,
    );
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
