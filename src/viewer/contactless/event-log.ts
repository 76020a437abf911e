import type { StreamEvent } from '../../pointer/index.js';
import { byId, element } from '../ui/element.js';

const MOST = 9;

/** What is worth a line of the log; undefined for the rest. */
export function lineOf(
  event: StreamEvent,
): { readonly kind: string; readonly text: string; readonly detail: string } | undefined {
  switch (event.type) {
    case 'pointer':
      if (event.phase === 'hover' || event.phase === 'move') return undefined;
      return { kind: event.phase, text: `${event.interaction} ${event.phase}`, detail: event.reason };
    case 'gesture': {
      if (event.phase === 'update') return undefined;
      return { kind: event.phase, text: `${event.gesture.replaceAll('_', ' ')} ${event.phase}`, detail: event.reason };
    }
    case 'hand':
      return event.tracked
        ? { kind: 'hand', text: 'hand found', detail: '' }
        : { kind: 'cancel', text: 'hand lost', detail: '' };
    case 'dropped':
      return { kind: 'cancel', text: `${event.dropped} events left out`, detail: 'this page was too slow' };
    default:
      return undefined;
  }
}

/** The latest events, the newest first. */
export class EventLog {
  readonly #list = byId('log');

  put(event: StreamEvent): void {
    const line = lineOf(event);
    if (line === undefined) return;
    byId('log-empty').hidden = true;
    this.#list.prepend(
      element(
        'li',
        { 'data-kind': line.kind },
        element('i', { 'aria-hidden': 'true' }),
        element('b', {}, line.text),
        element('span', { class: 'muted' }, line.detail),
      ),
    );
    while (this.#list.childElementCount > MOST) this.#list.lastElementChild?.remove();
  }
}
