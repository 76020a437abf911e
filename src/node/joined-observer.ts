import type { NodeObserver } from './node-session.js';

/** Several observers of a node as one; they are told in their order. */
export function joinedObserver(observers: readonly NodeObserver[]): NodeObserver {
  return {
    onConfigured: (config, inference) => {
      for (const observer of observers) observer.onConfigured?.(config, inference);
    },
    onFrame: (frame) => {
      for (const observer of observers) observer.onFrame?.(frame);
    },
    onResult: (result) => {
      for (const observer of observers) observer.onResult?.(result);
    },
  };
}
