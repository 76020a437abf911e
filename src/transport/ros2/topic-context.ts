import { VoxhandError } from '../../errors/index.js';
import { cdrCodec, type MessageSchema } from '../../messages/index.js';
import type { BusEvent, TopicState } from '../port/index.js';
import type { Graph } from './graph.js';
import type { OnCallbackError } from './guard.js';
import type { RclNode, RclRuntime } from './rcl.js';

/** What a topic's reader or writer needs of the bus that it belongs to. */
export interface TopicContext {
  readonly node: RclNode;
  readonly runtime: RclRuntime;
  readonly graph: Graph;
  /** Bus time, nanoseconds. */
  readonly now: () => bigint;
  /** Seconds of a clock that never jumps. */
  readonly monotonic: () => number;
  readonly onEvent: (event: BusEvent) => void;
  readonly onError: OnCallbackError;
  /** How the configuration calls a topic: `depth` for `topics.depth` and `qos.depth`. */
  readonly settingOf: (topic: string) => string | undefined;
}

/** `TopicState` with what is wrong at this moment. */
export interface Ros2TopicState extends TopicState {
  readonly publishers: number;
  readonly subscribers: number;
  /** What keeps messages from coming or going now, as its event has reported it; undefined where nothing does. */
  readonly trouble: BusEvent | undefined;
}

/** What is wrong with a topic: one event when it begins, and one when it is over. */
export class Trouble {
  readonly #onEvent: (event: BusEvent) => void;
  #key = '';
  #event: BusEvent | undefined;

  constructor(onEvent: (event: BusEvent) => void) {
    this.#onEvent = onEvent;
  }

  get event(): BusEvent | undefined {
    return this.#event;
  }

  /** @param key tells one trouble from another: the same one again is not reported again. */
  begin(key: string, event: BusEvent): void {
    if (key === this.#key) return;
    this.#key = key;
    this.#event = event;
    this.#onEvent(event);
  }

  /** @param text of the event that says so; undefined to say nothing. */
  end(topic: string, text: string | undefined): void {
    if (this.#event === undefined) return;
    this.#key = '';
    this.#event = undefined;
    if (text !== undefined) this.#onEvent({ severity: 'info', kind: 'recovered', topic, text });
  }
}

/** What decodes a type's messages, by our own definitions; undefined for a type that we have none of. */
export function knownSchema(schemaName: string): MessageSchema | undefined {
  try {
    return cdrCodec(schemaName);
  } catch (error) {
    if (error instanceof VoxhandError && error.code === 'SCHEMA_UNSUPPORTED') return undefined;
    throw error;
  }
}
