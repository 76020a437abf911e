import type { CameraChannels } from '../channels/cameras.js';
import { CAMERA_TINTS } from '../scene/palette.js';
import { byId, element, setAttribute } from '../ui/element.js';

/** Where there are several cameras: a button for each, for whose picture is shown, and one for whether the points have the cameras' colours. */
export class CameraChips {
  readonly #root = byId('camera-chips');
  readonly #onChoice: () => void;
  /** Shown while somebody calibrates and says where the cameras were before. */
  readonly #before = toggle(
    'Before',
    'Where the cameras were before the calibration, or where it puts them',
    false,
    (on) => {
      this.isBefore = on;
      this.#onChoice();
    },
  );
  #chips: HTMLButtonElement[] = [];
  #byCamera = true;
  /** The place of the camera whose picture is shown. */
  chosen = 0;
  /** Whether the points lie where the cameras were before a calibration. */
  isBefore = false;

  constructor(onChoice: () => void) {
    this.#onChoice = onChoice;
    this.#before.hidden = true;
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
    const tinted = toggle('Tinted points', "Points in the cameras' colours, or by depth", this.#byCamera, (on) => {
      this.#byCamera = on;
      this.#onChoice();
    });
    this.#root.replaceChildren(...this.#chips, tinted, this.#before);
    this.#press();
  }

  /** @param are whether there are places from before a calibration */
  setBefore(are: boolean): void {
    this.#before.hidden = !are;
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

function toggle(name: string, title: string, on: boolean, change: (on: boolean) => void): HTMLButtonElement {
  const chip = element('button', { class: 'chip', type: 'button', title, 'aria-pressed': String(on) }, name);
  chip.addEventListener('click', () => {
    const now = chip.getAttribute('aria-pressed') !== 'true';
    setAttribute(chip, 'aria-pressed', String(now));
    change(now);
  });
  return chip;
}
