import type { RclNode } from './rcl.js';

/** Called with an error that was caught where nothing must be thrown. `where` names the callback. Must not throw. */
export type OnCallbackError = (where: string, error: unknown) => void;

/**
 * A callback that cannot throw. A throw out of a callback of rclnodejs goes through native code and ends the process,
 * and no `uncaughtException` comes before.
 */
export function guarded<Args extends unknown[]>(
  where: string,
  onError: OnCallbackError,
  callback: (...args: Args) => void,
): (...args: Args) => void {
  return (...args) => {
    try {
      callback(...args);
    } catch (error) {
      onError(where, error);
    }
  };
}

/**
 * Put a guard around all that a node runs on the main thread, the library's own work included: a request that does not
 * convert throws there, before any callback of ours.
 */
export function guardNode(node: RclNode, onError: OnCallbackError): void {
  node.execute = guarded('node', onError, node.execute.bind(node));
}
