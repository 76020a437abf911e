import type { CameraChannels } from '../channels/cameras.js';
import { CAMERA_TINTS } from '../scene/palette.js';
import { byId, element, setAttribute } from '../ui/element.js';

/** Where there are several cameras: a button for each, for whose picture is shown, and one for whether the points have the cameras' colours. */
export class CameraChips {
  readonly #root = byId('camera-chips');
  readonly #onChoice: () => void;
  #chips: HTMLButtonElement[] = [];
  #byCamera = true;
  /** The place of the camera whose picture is shown. */
  chosen = 0;

  constructor(onChoice: () => void) {
    this.#onChoice = onChoice;
  }

  /** Whether the points of each camera have a colour of their own; else near ones are brighter, as with one camera. */
  get isTinted(): boolean {
    return this.#byCamera && this.#chips.length > 0;
  }

  /** @param cameras those that there are now */
  set(cameras: readonly CameraChannels[]): void {
    this.chosen = 0;
    this.#root.hidden = cameras.length < 2;
    this.#chips = cameras.length < 2 ? [] : cameras.map(({ name }, i) => this.#chip(name, i));
    const tinted = element(
      'button',
      { class: 'chip', type: 'button', title: "Points in the cameras' colours, or by depth" },
      'Tinted points',
    );
    tinted.addEventListener('click', () => {
      this.#byCamera = !this.#byCamera;
      setAttribute(tinted, 'aria-pressed', String(this.#byCamera));
      this.#onChoice();
    });
    setAttribute(tinted, 'aria-pressed', String(this.#byCamera));
    this.#root.replaceChildren(...this.#chips, tinted);
    this.#press();
  }

  #chip(name: string, camera: number): HTMLButtonElement {
    const swatch = element('i', { 'aria-hidden': 'true' });
    swatch.style.setProperty('--finger', CAMERA_TINTS[camera % CAMERA_TINTS.length]);
    const chip = element(
      'button',
      { class: 'chip hand-chip', type: 'button', title: `The picture of ${name}` },
      swatch,
      name,
    );
    chip.addEventListener('click', () => {
      this.chosen = camera;
      this.#press();
      this.#onChoice();
    });
    return chip;
  }

  #press(): void {
    for (const [i, chip] of this.#chips.entries()) setAttribute(chip, 'aria-pressed', String(i === this.chosen));
  }
}
