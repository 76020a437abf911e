import { momentHash, momentOf } from '../model/moment-hash.js';
import type { Playback } from '../model/playback.js';

/** The page's address names the moment at which the playback is paused; a page that is opened by such an address goes there. */
export class MomentLink {
  readonly #playback: Playback;
  /** Where the address leads to, nanoseconds from the beginning, until the playback is there. */
  #asked = momentOf(window.location.hash);
  #last = '';

  constructor(playback: Playback) {
    this.#playback = playback;
    window.addEventListener('hashchange', () => {
      this.#asked = momentOf(window.location.hash);
    });
  }

  /** To be called now and then. */
  refresh(): void {
    const { view, isSettled } = this.#playback;
    if (view === undefined || view.status === 'buffering') return;
    if (this.#asked !== undefined) {
      this.#playback.show(view.start + this.#asked);
      this.#asked = undefined;
      return;
    }
    const hash = view.status !== 'playing' && isSettled ? momentHash(view.time - view.start) : '';
    // browsers let a page change its address a few times in a second only: not before it rests
    if (hash === this.#last && isSettled && hash !== window.location.hash) {
      const { pathname, search } = window.location;
      window.history.replaceState(null, '', `${pathname}${search}${hash}`);
    }
    this.#last = hash;
  }

  /** The address of the moment that is shown, without the token of a server. */
  get address(): string {
    const url = new URL(window.location.href);
    const { view } = this.#playback;
    url.searchParams.delete('token');
    if (view !== undefined) url.hash = momentHash(view.time - view.start);
    return url.href;
  }
}
