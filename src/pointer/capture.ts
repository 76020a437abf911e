/**
 * Pointer capture for pointers that the browser does not know: an ordinary page calls `setPointerCapture` with the id of the event that it
 * was given, and the browser throws for an id that is not of its own devices. While this is installed, ids of `owns` are looked after here.
 */
export class Capture {
  readonly #owns: (id: number) => boolean;
  readonly #targets = new Map<number, Element>();
  readonly #restore: () => void;

  constructor(owns: (id: number) => boolean) {
    this.#owns = owns;
    const { setPointerCapture, releasePointerCapture, hasPointerCapture } = Element.prototype;
    const capture = this;
    Object.assign(Element.prototype, {
      setPointerCapture(this: Element, id: number) {
        if (owns(id)) capture.set(id, this);
        else setPointerCapture.call(this, id);
      },
      releasePointerCapture(this: Element, id: number) {
        if (!owns(id)) releasePointerCapture.call(this, id);
        else if (capture.of(id) === this) capture.release(id);
      },
      hasPointerCapture(this: Element, id: number) {
        return owns(id) ? capture.of(id) === this : hasPointerCapture.call(this, id);
      },
    });
    this.#restore = () =>
      Object.assign(Element.prototype, { setPointerCapture, releasePointerCapture, hasPointerCapture });
  }

  /** The element that has captured a pointer and is still in the page. */
  of(id: number): Element | undefined {
    const target = this.#targets.get(id);
    return target?.isConnected === true ? target : undefined;
  }

  set(id: number, target: Element): void {
    if (!this.#owns(id) || this.of(id) === target) return;
    this.release(id);
    this.#targets.set(id, target);
    tell(target, 'gotpointercapture', id);
  }

  release(id: number): void {
    const target = this.of(id);
    this.#targets.delete(id);
    if (target !== undefined) tell(target, 'lostpointercapture', id);
  }

  /** The browser's own functions are back. */
  close(): void {
    this.#restore();
    this.#targets.clear();
  }
}

function tell(target: Element, type: string, pointerId: number): void {
  target.dispatchEvent(new PointerEvent(type, { pointerId, bubbles: true, composed: true }));
}
