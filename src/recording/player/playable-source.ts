import type { TimeRange } from '../../transport/mcap/contents.js';
import type { BusMessage, BusSource } from '../../transport/port/index.js';

/** A bus that can be read from any time on, again and again. */
export interface PlayableSource extends BusSource {
  subscribe(topics?: readonly string[], range?: TimeRange): AsyncIterable<BusMessage>;
}
