import type { GestureLog } from '../model/gesture-log.js';
import { byId, element, setText } from '../ui/element.js';
import { words } from '../ui/format.js';

/** The gesture that is being made, and the latest ones. */
export class GesturesPanel {
  readonly #now = byId('gesture-now');
  readonly #log = byId('gesture-log');
  readonly #value = byId('gestures-value');
  #shown = '';

  show(log: GestureLog): void {
    const { active, over } = log;
    const content = JSON.stringify([active, over]);
    if (content === this.#shown) return;
    this.#shown = content;
    const current = active[0];
    this.#now.classList.toggle('none', current === undefined);
    if (current === undefined) {
      setText(this.#now, 'None');
    } else {
      const detail = `${current.duration.toFixed(1)} s, sure to ${Math.round(current.confidence * 100)} %`;
      this.#now.replaceChildren(capital(words(current.gesture)), element('small', {}, detail));
    }
    setText(this.#value, active.length > 1 ? `${active.length} at once` : '');
    const rows = over.map(({ gesture, phase, duration }) =>
      element(
        'li',
        {},
        element('span', {}, capital(words(gesture))),
        element('span', {}, `${phase === 'end' ? 'done' : 'cancelled'} after ${duration.toFixed(1)} s`),
      ),
    );
    this.#log.replaceChildren(...rows);
  }
}

function capital(text: string): string {
  return text.charAt(0).toUpperCase() + text.slice(1);
}
