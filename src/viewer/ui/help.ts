import { byId, element } from './element.js';
import type { KeyGroup } from './keyboard.js';

/** The overlay that says what the keys do. */
export class Help {
  readonly #dialog = byId<HTMLDialogElement>('help');

  constructor(groups: readonly KeyGroup[]) {
    const rows = groups.flatMap(({ title, actions }) => [
      element('h3', {}, title),
      ...actions.map(({ keys, shown = keys, text }) =>
        element(
          'div',
          { class: 'key-row' },
          element('span', {}, text),
          element('span', {}, ...shown.map((key) => element('kbd', {}, key.length === 1 ? key.toUpperCase() : key))),
        ),
      ),
    ]);
    byId('help-body').append(...rows);
    byId('help-open').addEventListener('click', () => this.toggle());
    byId('help-close').addEventListener('click', () => this.#dialog.close());
    this.#dialog.addEventListener('click', (event) => {
      if (event.target === this.#dialog) this.#dialog.close();
    });
    // Its own key closes it too.
    this.#dialog.addEventListener('keydown', (event) => {
      if (event.key === '?') this.#dialog.close();
    });
  }

  toggle(): void {
    if (this.#dialog.open) this.#dialog.close();
    else this.#dialog.showModal();
  }
}
