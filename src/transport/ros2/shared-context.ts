import { VoxhandError } from '../../errors/index.js';
import type { RclContext, RclLibrary } from './rcl.js';

interface Shared {
  readonly context: RclContext;
  readonly ready: Promise<void>;
  users: number;
}

const contexts = new WeakMap<RclLibrary, Shared>();

/** A share in the process's one connection to ROS 2. */
export interface ContextShare {
  readonly context: RclContext;
  /** Give the share back, once the node is destroyed; the last one shuts the context down. May be called twice. */
  release(): void;
}

/**
 * Nodes of one process share a context: one participant in discovery, one `init`, one `shutdown`.
 *
 * @param args logging and security arguments. The first share's are in force: ROS 2 has one logging a process.
 * @throws VoxhandError `ROS2_UNAVAILABLE` with what ROS 2 says, `USAGE` for arguments that it does not know.
 */
export async function shareContext(rcl: RclLibrary, args: readonly string[]): Promise<ContextShare> {
  let shared = contexts.get(rcl);
  if (shared === undefined) {
    const context = new rcl.Context();
    shared = { context, ready: rcl.init(context, [...args]), users: 0 };
    contexts.set(rcl, shared);
  }
  const mine = shared;
  mine.users++;
  try {
    await mine.ready;
  } catch (cause) {
    if (contexts.get(rcl) === mine) contexts.delete(rcl);
    throw initFailed(cause as Error, args);
  }
  let released = false;
  return {
    context: mine.context,
    release: () => {
      if (released) return;
      released = true;
      if (--mine.users > 0) return;
      contexts.delete(rcl);
      rcl.shutdown(mine.context);
    },
  };
}

function initFailed(cause: Error, args: readonly string[]): VoxhandError {
  if (/argument/i.test(cause.message)) {
    return new VoxhandError('USAGE', cause.message, { found: args.join(' '), where: '--ros-args', cause });
  }
  return new VoxhandError('ROS2_UNAVAILABLE', 'ROS 2 does not start', {
    expected: 'a working middleware: see RMW_IMPLEMENTATION, ROS_DOMAIN_ID and CYCLONEDDS_URI in the environment',
    found: cause.message,
    cause,
  });
}
