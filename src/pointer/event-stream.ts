import type { StreamEvent } from '../messages/stream-events.js';

/** Milliseconds until the next try; it doubles up to the second one. */
const [FIRST_RETRY, LAST_RETRY] = [250, 4000];
const SUB_PROTOCOL = 'voxhand.events.v1';
const VERSION = 1;

export type StreamState = 'connecting' | 'open' | 'away' | 'closed';

export interface EventStreamListener {
  /** Must not throw. */
  onEvent(event: StreamEvent): void;
  onState(state: StreamState): void;
}

/** What WebSocket and EventSource have in common here. */
interface Line {
  onopen: (() => void) | null;
  onmessage: ((message: MessageEvent) => void) | null;
  onerror: (() => void) | null;
  close(): void;
}

/**
 * The events of a server, by WebSocket (`ws:`, `wss:`) or Server-Sent Events (`http:`, `https:`). Connects again when the server was away.
 * What is no event of a version that is known here is left out.
 *
 * @returns a function that ends it
 * @example
 * ```ts
 * const end = openEventStream('ws://127.0.0.1:8765/events', {
 *   onEvent: (event) => event.type === 'gesture' && console.log(event.gesture, event.phase),
 *   onState: () => undefined,
 * });
 * ```
 */
export function openEventStream(url: string, listener: EventStreamListener): () => void {
  let line: Line | undefined;
  let timer: ReturnType<typeof setTimeout> | undefined;
  let retry = FIRST_RETRY;
  let ended = false;

  const connect = () => {
    listener.onState('connecting');
    const opened = (/^wss?:/.test(url) ? new WebSocket(url, SUB_PROTOCOL) : new EventSource(url)) as unknown as Line & {
      onclose?: () => void;
    };
    line = opened;
    opened.onopen = () => {
      retry = FIRST_RETRY;
      listener.onState('open');
    };
    opened.onmessage = ({ data }) => {
      const event = parseEvent(String(data));
      if (event !== undefined && line === opened) listener.onEvent(event);
    };
    const lost = () => {
      if (line !== opened) return;
      line = undefined;
      opened.close();
      listener.onState('away');
      timer = setTimeout(connect, retry);
      retry = Math.min(2 * retry, LAST_RETRY);
    };
    opened.onerror = lost;
    opened.onclose = lost;
  };
  connect();
  return () => {
    if (ended) return;
    ended = true;
    clearTimeout(timer);
    const open = line;
    line = undefined;
    open?.close();
    listener.onState('closed');
  };
}

/** An event of the stream; undefined for a text that is none, or is of another version. */
export function parseEvent(text: string): StreamEvent | undefined {
  try {
    const event: unknown = JSON.parse(text);
    const known = typeof event === 'object' && event !== null && 'type' in event && 'v' in event && event.v === VERSION;
    return known ? (event as StreamEvent) : undefined;
  } catch {
    return undefined;
  }
}
