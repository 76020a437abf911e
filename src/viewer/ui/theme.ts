import type { Settings } from './settings.js';

/** Light or dark, as the system has it unless somebody chose. */
export class Theme {
  readonly #settings: Settings;
  readonly #system = window.matchMedia('(prefers-color-scheme: dark)');
  readonly #changed: () => void;

  /** @param changed called after each change, when the new colours are in force */
  constructor(settings: Settings, changed: () => void) {
    this.#settings = settings;
    this.#changed = changed;
    this.#system.addEventListener('change', () => this.apply());
  }

  apply(): void {
    document.documentElement.dataset.theme = this.#isDark ? 'dark' : 'light';
    this.#changed();
  }

  /** The other one; back to the system's where that is the other one. */
  toggle(): void {
    const dark = !this.#isDark;
    this.#settings.theme = dark === this.#system.matches ? 'system' : dark ? 'dark' : 'light';
    this.apply();
  }

  get #isDark(): boolean {
    const { theme } = this.#settings;
    return theme === 'system' ? this.#system.matches : theme === 'dark';
  }
}
