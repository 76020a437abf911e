import type { BusSink } from './bus.js';

/** Where nobody hears anything. */
export const NO_SINK: BusSink = {
  advertise: (topic) => ({ topic, wanted: () => false, publish: async () => undefined }),
  write: async () => undefined,
  close: async () => undefined,
};
