import type { StatusLevel } from '../../transport/foxglove/protocol/index.js';
import { byId, element } from '../ui/element.js';

const MOST = 3;
/** What only informs goes away by itself, milliseconds. */
const SHOWN_FOR = 8000;

/** What the server says in words: the latest few, until they are taken back or closed. */
export class Notices {
  readonly #list = byId('notices');
  readonly #shown: { readonly id: string | undefined; readonly text: string; readonly item: HTMLElement }[] = [];

  add(level: StatusLevel, text: string, id?: string): void {
    for (const old of this.#shown.filter((one) => (id === undefined ? one.text === text : one.id === id))) {
      this.#drop(old.item);
    }
    const close = element('button', { class: 'icon', type: 'button' }, icon('close'), sr('Close this message'));
    const item = element('li', { class: 'notice', 'data-level': level }, element('span', {}, text), close);
    close.addEventListener('click', () => this.#drop(item));
    if (level === 'info') setTimeout(() => this.#drop(item), SHOWN_FOR);
    this.#list.append(item);
    this.#shown.push({ id, text, item });
    while (this.#shown.length > MOST) this.#drop(this.#shown[0].item);
  }

  remove(ids: readonly string[]): void {
    for (const { id, item } of [...this.#shown]) {
      if (id !== undefined && ids.includes(id)) this.#drop(item);
    }
  }

  clear(): void {
    for (const { item } of [...this.#shown]) this.#drop(item);
  }

  #drop(item: HTMLElement): void {
    item.remove();
    const at = this.#shown.findIndex((one) => one.item === item);
    if (at >= 0) this.#shown.splice(at, 1);
  }
}

function icon(name: string): Element {
  const svg = document.createElementNS('http://www.w3.org/2000/svg', 'svg');
  const use = document.createElementNS('http://www.w3.org/2000/svg', 'use');
  use.setAttribute('href', `#i-${name}`);
  svg.setAttribute('aria-hidden', 'true');
  svg.append(use);
  return svg;
}

function sr(text: string): HTMLElement {
  return element('span', { class: 'sr' }, text);
}
