/** Which of some elements can be seen: unfolded, and within what is scrolled into view. */
export class Visibility {
  readonly #seen = new Set<string>();
  readonly #changed: () => void;

  /** @param changed called whenever the answer may be another one */
  constructor(elements: readonly HTMLElement[], changed: () => void) {
    this.#changed = changed;
    const observer = new IntersectionObserver((entries) => {
      for (const { target, isIntersecting } of entries) {
        if (isIntersecting) this.#seen.add(target.id);
        else this.#seen.delete(target.id);
      }
      this.#changed();
    });
    for (const one of elements) {
      observer.observe(one);
      one.addEventListener('toggle', () => this.#changed());
    }
    document.addEventListener('visibilitychange', () => this.#changed());
  }

  /** Ids of those that can be seen. */
  get seen(): ReadonlySet<string> {
    return new Set([...this.#seen].filter((id) => isOpen(document.getElementById(id))));
  }

  /** Whether the tab is in front. */
  get page(): boolean {
    return document.visibilityState === 'visible';
  }
}

function isOpen(target: HTMLElement | null): boolean {
  return !(target instanceof HTMLDetailsElement) || target.open;
}
