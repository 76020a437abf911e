import type { BusMessage, BusSource } from '../../port/index.js';
import type { TimeRange } from '../contents.js';

/** A bus that can be read from any time on, again and again. */
export interface PlayableSource extends BusSource {
  subscribe(topics?: readonly string[], range?: TimeRange): AsyncIterable<BusMessage>;
}
