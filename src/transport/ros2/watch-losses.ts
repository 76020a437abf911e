import type { WatchLosses } from './rcl.js';

interface EventModule {
  readonly SubscriptionEventCallbacks: new () => {
    messageLost: (status: { readonly total_count_change: number }) => void;
    createEventHandlers(subscriptionHandle: unknown): readonly object[];
  };
}

/**
 * rclnodejs can tell of lost messages, but does not export the class that its `createSubscription` wants for it. The
 * module it is in can be imported, and a node keeps its event handlers in a list: where either is different, nothing is
 * told, and nothing else suffers.
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
