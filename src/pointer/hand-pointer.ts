import type { StreamEvent } from '../messages/stream-events.js';
import { Cursor } from './cursor.js';
import { type DomCursor, DomPointer } from './dom-pointer.js';
import { openEventStream, type StreamState } from './event-stream.js';
import { interactiveOf } from './native.js';

/** What is said to screen readers. */
const TEXTS = {
  connected: 'Contactless control is on',
  away: 'Contactless control is off',
  found: 'Hand found',
  lost: 'Hand lost',
  pressed: (name: string) => `Pressed: ${name}`,
};

export interface HandPointerOptions {
  /**
   * Of the server's events: `ws://kiosk:8765/events`, or `http://...` for Server-Sent Events. By default `/events` of the server that the
   * page came from, with the page's own `?token=`.
   */
  readonly url?: string;
  /** Name of the surface that is this page, where the profile has several; all by default. */
  readonly surface?: string;
  /** What the surface is laid over; the window by default. */
  readonly area?: Element;
  /** `pointerType` of the events; `pen` by default, which hovers as a mouse does. */
  readonly pointerType?: string;
  /** Pixels within which the nearest button is taken where the cursor is on none; 0 by default. */
  readonly snap?: number;
  /** Draw a cursor; true by default. */
  readonly cursor?: boolean;
  /** What is said to screen readers, in the page's language. */
  readonly texts?: Partial<typeof TEXTS>;
  /** Milliseconds without an event after which what is pressed is cancelled; 500 by default. */
  readonly silence?: number;
  /** Told of every event. Must not throw. */
  readonly onEvent?: (event: StreamEvent) => void;
  readonly onState?: (state: StreamState) => void;
}

export interface HandPointer {
  /** The hand's cursor; undefined while there is none. */
  readonly cursor: DomCursor | undefined;
  /** Cancel what is pressed, remove the cursor, close the connection. */
  close(): void;
}

/**
 * Operate this page by hand: turns the events of a voxhand server into DOM pointer events at the element under the cursor, and draws the
 * cursor with its progress to a press.
 *
 * What is pressed is cancelled when the hand is lost, when the connection breaks, and when nothing comes any more.
 *
 * @example
 * ```ts
 * import { connectHandPointer } from 'voxhand/pointer';
 *
 * const pointer = connectHandPointer({ url: 'ws://127.0.0.1:8765/events', snap: 24 });
 * ```
 */
export function connectHandPointer(options: HandPointerOptions = {}): HandPointer {
  const { url = ownServer(), surface, area, pointerType = 'pen', snap = 0, silence = 500 } = options;
  const texts = { ...TEXTS, ...options.texts };
  const dom = new DomPointer({ area, pointerType, snap });
  const drawn = options.cursor === false ? undefined : new Cursor();
  let cursor: DomCursor | undefined;
  let timer: ReturnType<typeof setTimeout> | undefined;

  const gone = () => {
    clearTimeout(timer);
    dom.cancel();
    cursor = undefined;
    drawn?.hide();
  };
  const take = (event: StreamEvent) => {
    if (event.type === 'hello') gone(); // another connection: what was pressed by the one before ends
    if (event.type === 'hand') drawn?.say(event.tracked ? texts.found : texts.lost);
    if (event.type === 'pointer' && (surface === undefined || event.surface === surface)) {
      clearTimeout(timer);
      cursor = dom.take(event);
      if (cursor === undefined) drawn?.hide();
      else {
        timer = setTimeout(gone, silence);
        drawn?.show(
          cursor.x,
          cursor.y,
          event.phase === 'down' || event.phase === 'move' ? 'down' : 'hover',
          event.progress,
        );
        if (event.phase === 'down') drawn?.say(texts.pressed(nameOf(cursor.element)));
      }
    }
    options.onEvent?.(event);
  };
  const end = openEventStream(url, {
    onEvent: take,
    onState: (state) => {
      if (state !== 'open') gone();
      if (state === 'open') drawn?.say(texts.connected);
      if (state === 'away') drawn?.say(texts.away);
      options.onState?.(state);
    },
  });
  return {
    get cursor() {
      return cursor;
    },
    close() {
      end();
      gone();
      dom.close();
      drawn?.close();
    },
  };
}

function ownServer(): string {
  const url = new URL('events', location.href);
  url.protocol = location.protocol === 'https:' ? 'wss:' : 'ws:';
  const token = new URLSearchParams(location.search).get('token');
  url.search = token === null ? '' : `?token=${encodeURIComponent(token)}`;
  url.hash = '';
  return url.href;
}

function nameOf(element: Element | null): string {
  const target = interactiveOf(element);
  return (target?.getAttribute('aria-label') ?? target?.textContent ?? '').trim().slice(0, 80);
}
