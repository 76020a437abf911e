import { type Playback, SPEEDS } from '../model/playback.js';
import { LOST, RIBBON_BINS, TRACKED, type TrackRibbon } from '../model/track-ribbon.js';
import { byId, element, setAttribute, setText } from '../ui/element.js';
import { clock, speed } from '../ui/format.js';

/** Steps of the slider. */
const STEPS = 10_000n;

/** Play, pause, step, seek and speed of a server that plays a recording; hidden for one that does not. */
export class TimeLine {
  readonly #root = byId('time-line');
  readonly #seek = byId<HTMLInputElement>('seek');
  readonly #speed = byId<HTMLSelectElement>('speed');
  readonly #ribbon = byId<HTMLCanvasElement>('ribbon');
  readonly #playback: Playback;
  readonly #track: TrackRibbon;
  #dragging = false;
  #drawn = -1;

  constructor(playback: Playback, track: TrackRibbon) {
    this.#playback = playback;
    this.#track = track;
    this.#ribbon.width = RIBBON_BINS;
    this.#speed.append(...SPEEDS.map((value) => element('option', { value: String(value) }, speed(value))));
    byId('play').addEventListener('click', () => playback.toggle());
    byId('step-back').addEventListener('click', () => playback.step(-1));
    byId('step-forward').addEventListener('click', () => playback.step(1));
    this.#speed.addEventListener('change', () => playback.setSpeed(Number(this.#speed.value)));
    this.#seek.addEventListener('input', () => this.#seekTo(BigInt(this.#seek.value)));
    this.#seek.addEventListener('pointerdown', () => {
      this.#dragging = true;
    });
    for (const end of ['pointerup', 'pointercancel', 'blur'] as const) {
      this.#seek.addEventListener(end, () => {
        this.#dragging = false;
      });
    }
  }

  show(): void {
    const { view } = this.#playback;
    this.#root.hidden = view === undefined;
    if (view === undefined) return;
    const { status, time, start, end } = view;
    const playing = status === 'playing' || status === 'buffering';
    const at = ((time - start) * STEPS) / (end - start);
    if (!this.#dragging) this.#seek.value = String(at);
    this.#seek.setAttribute('aria-valuetext', `${clock(time - start)} of ${clock(end - start)}`);
    setText(byId('time-now'), clock(time - start));
    setText(byId('time-end'), clock(end - start));
    setAttribute(byId('play-icon'), 'href', playing ? '#i-pause' : '#i-play');
    setText(byId('play-label'), playing ? 'Pause' : 'Play');
    this.#showSpeed(view.speed);
    this.#showRealSpeed(playing ? view.realSpeed : undefined, view.speed);
    this.#drawRibbon();
  }

  /** Draw the ribbon again in the colours of another theme. */
  refreshPalette(): void {
    this.#drawn = -1;
  }

  #seekTo(at: bigint): void {
    const { view } = this.#playback;
    if (view !== undefined) this.#playback.seek(view.start + ((view.end - view.start) * at) / STEPS);
  }

  #showSpeed(value: number): void {
    const known = SPEEDS.find((s) => Math.abs(s - value) < 1e-3 * s);
    const text = String(known ?? value);
    if (known === undefined && ![...this.#speed.options].some((option) => option.value === text)) {
      this.#speed.append(element('option', { value: text }, speed(value)));
    }
    if (this.#speed.value !== text && document.activeElement !== this.#speed) this.#speed.value = text;
  }

  /** Where the server cannot keep the speed that is set. */
  #showRealSpeed(real: number | undefined, wanted: number): void {
    const shown = real !== undefined && real < 0.9 * wanted;
    byId('speed-real').hidden = !shown;
    if (shown) setText(byId('speed-real'), speed(real));
  }

  /** Where there was a hand and where not, as far as the recording has been seen. */
  #drawRibbon(): void {
    if (this.#drawn === this.#track.version) return;
    this.#drawn = this.#track.version;
    const context = this.#ribbon.getContext('2d');
    if (context === null) return;
    const style = getComputedStyle(this.#ribbon);
    const colors = {
      [TRACKED]: style.getPropertyValue('--track-seen'),
      [LOST]: style.getPropertyValue('--track-lost'),
    };
    context.clearRect(0, 0, RIBBON_BINS, 1);
    this.#track.bins.forEach((value, bin) => {
      if (value !== TRACKED && value !== LOST) return;
      context.fillStyle = colors[value];
      context.fillRect(bin, 0, 1, 1);
    });
  }
}
