import type { PointerStreamEvent } from '../messages/stream-events.js';
import { Capture } from './capture.js';
import { focus, interactiveOf, moveSlider, scrollerOf, snapped } from './native.js';

/** Of hands: far above the ids that browsers give. */
const FIRST_ID = 1 << 20;

export interface DomPointerOptions {
  /** What the surface is laid over; the window by default. */
  readonly area: Element | undefined;
  readonly pointerType: string;
  /** Pixels within which the nearest target is taken where the cursor is on none. */
  readonly snap: number;
}

/** Where the cursor is and what it is on. */
export interface DomCursor {
  /** Pixels of the window. */
  readonly x: number;
  readonly y: number;
  readonly element: Element | null;
}

interface Press {
  /** What was under the cursor when it went down. */
  readonly target: Element | null;
  /** The page has said in `pointerdown` that no mouse events shall follow. */
  readonly isPrevented: boolean;
  /** What it scrolls; then the page has been told that the press is cancelled. */
  scroller: Element | undefined;
  dragged: boolean;
}

interface Pointer extends DomCursor {
  readonly id: number;
  press: Press | undefined;
  /** From the element to the root, those that have been told of the cursor. */
  over: Element[];
}

/**
 * Makes DOM events of pointer events: over, enter, move, down, up, cancel, out and leave, the mouse events that browsers send after them,
 * click, and what browsers do by themselves (see native.ts). A press that is dragged over something that scrolls becomes scrolling,
 * as with a finger.
 */
export class DomPointer {
  readonly #options: DomPointerOptions;
  readonly #pointers = new Map<string, Pointer>();
  readonly #capture = new Capture((id) => id >= FIRST_ID);
  #nextId = FIRST_ID;

  constructor(options: DomPointerOptions) {
    this.#options = options;
  }

  /** @returns where the cursor is now; undefined where it has gone */
  take(event: PointerStreamEvent): DomCursor | undefined {
    const key = `${event.topic} ${event.surface} ${event.hand}`;
    const known = this.#pointers.get(key);
    if (event.phase === 'cancel') {
      if (known !== undefined) this.#leave(key, known);
      return undefined;
    }
    const before = known ?? { id: this.#nextId++, x: 0, y: 0, element: null, press: undefined, over: [] };
    const pointer = { ...before, ...this.#place(event, before) };
    this.#pointers.set(key, pointer);
    if (pointer.press === undefined) this.#goOver(pointer);
    this.#send(pointer, 'pointermove', 'mousemove');
    if (event.phase === 'down' && pointer.press !== undefined) this.#cancel(pointer); // its end was missed
    if (event.phase === 'down') this.#down(pointer);
    if (pointer.press !== undefined) this.#drag(pointer, before, event.dragging);
    // a press that began before this page was connected has no beginning here, and no end
    if ((event.phase === 'up' || event.phase === 'hover') && pointer.press !== undefined) {
      if (event.phase === 'up') this.#up(pointer);
      else this.#cancel(pointer);
    }
    return pointer;
  }

  /** All hands are gone. */
  cancel(): void {
    for (const [key, pointer] of this.#pointers) this.#leave(key, pointer);
  }

  /** Whether something is pressed. */
  get isPressed(): boolean {
    return [...this.#pointers.values()].some(({ press }) => press !== undefined);
  }

  close(): void {
    this.cancel();
    this.#capture.close();
  }

  #place({ share: [x, y], phase }: PointerStreamEvent, before: Pointer): DomCursor {
    const { area, snap } = this.#options;
    const { left, top, width, height } = area?.getBoundingClientRect() ?? {
      ...{ left: 0, top: 0, width: innerWidth, height: innerHeight },
    };
    const inside = (at: number, from: number, size: number) =>
      Math.min(Math.max(from + at * size, from), from + size - 1);
    const at = { x: inside(x, left, width), y: inside(y, top, height) };
    // a press that has moved is not torn to something else
    const near = before.press !== undefined && phase !== 'up' ? undefined : snapped(document, at.x, at.y, snap);
    const point = near ?? at;
    return { ...point, element: document.elementFromPoint(point.x, point.y) };
  }

  #goOver(pointer: Pointer): void {
    const { element, over } = pointer;
    if (over[0] === (element ?? undefined)) return;
    const path: Element[] = [];
    for (let each = element; each !== null; each = each.parentElement) path.push(each);
    if (over.length > 0) {
      this.#dispatch(pointer, over[0], 'pointerout', element);
      this.#dispatch(pointer, over[0], 'mouseout', element);
      for (const each of over) if (!path.includes(each)) this.#enterOrLeave(pointer, each, 'leave', element);
    }
    if (element !== null) {
      this.#dispatch(pointer, element, 'pointerover', over[0]);
      this.#dispatch(pointer, element, 'mouseover', over[0]);
      for (const each of path.toReversed()) {
        if (!over.includes(each)) this.#enterOrLeave(pointer, each, 'enter', over[0]);
      }
    }
    mark(over[0] ?? null, undefined);
    mark(element, 'hover');
    pointer.over = path;
  }

  #enterOrLeave(
    pointer: Pointer,
    target: Element,
    which: 'enter' | 'leave',
    related: Element | null | undefined,
  ): void {
    for (const kind of ['pointer', 'mouse']) this.#dispatch(pointer, target, `${kind}${which}`, related);
  }

  #down(pointer: Pointer): void {
    const { element } = pointer;
    const press = { target: element, isPrevented: false, scroller: undefined, dragged: false };
    pointer.press = press; // so that the event says that a button is pressed
    const isPrevented = !this.#dispatch(pointer, element, 'pointerdown');
    pointer.press = { ...press, isPrevented };
    if (isPrevented || this.#dispatch(pointer, element, 'mousedown')) focus(element);
    moveSlider(element, pointer.x, false);
    mark(element, 'down');
  }

  #drag(pointer: Pointer, before: DomCursor, dragging: boolean): void {
    const press = pointer.press as Press;
    const [dx, dy] = [pointer.x - before.x, pointer.y - before.y];
    if (moveSlider(press.target, pointer.x, false)) return;
    if (dragging && !press.dragged) {
      press.dragged = true;
      press.scroller = this.#capture.of(pointer.id) === undefined ? scrollerOf(press.target, dx, dy) : undefined;
      if (press.scroller !== undefined) this.#dispatch(pointer, press.target, 'pointercancel');
    }
    press.scroller?.scrollBy({ left: -dx, top: -dy, behavior: 'instant' });
  }

  #up(pointer: Pointer): void {
    const { target, scroller, dragged } = pointer.press as Press;
    const { element } = pointer;
    const captured = this.#capture.of(pointer.id);
    const isSlider = moveSlider(target, pointer.x, true);
    if (scroller === undefined) {
      this.#send(
        { ...pointer, press: undefined },
        'pointerup',
        (pointer.press as Press).isPrevented ? undefined : 'mouseup',
      );
    }
    this.#end(pointer);
    if (scroller !== undefined || dragged || isSlider) return;
    const clicked = captured ?? commonOf(target, element);
    if (clicked !== null) this.#dispatch({ ...pointer, press: undefined }, clicked, 'click');
  }

  #cancel(pointer: Pointer): void {
    if (pointer.press?.scroller === undefined) this.#send(pointer, 'pointercancel');
    this.#end(pointer);
  }

  #end(pointer: Pointer): void {
    mark(pointer.press?.target ?? null, undefined);
    pointer.press = undefined;
    this.#capture.release(pointer.id);
    this.#goOver(pointer);
    mark(pointer.element, 'hover');
  }

  #leave(key: string, pointer: Pointer): void {
    if (pointer.press !== undefined) this.#cancel(pointer);
    this.#goOver({ ...pointer, element: null });
    mark(pointer.element, undefined);
    this.#pointers.delete(key);
  }

  /** To the element that has captured the pointer, else, as of a finger, to the one that was pressed, else to the one under the cursor. */
  #send(pointer: Pointer, type: string, mouse?: string): void {
    const { press, id, element } = pointer;
    if (press?.scroller !== undefined) return;
    const target = this.#capture.of(id) ?? press?.target ?? element;
    this.#dispatch(pointer, target, type);
    if (mouse !== undefined && press?.isPrevented !== true) this.#dispatch(pointer, target, mouse);
  }

  /** @returns false where the page has prevented what would follow */
  #dispatch(pointer: Pointer, target: Element | null | undefined, type: string, related?: Element | null): boolean {
    if (target === null || target === undefined || !target.isConnected) return true;
    const stays = type.endsWith('enter') || type.endsWith('leave');
    const init: PointerEventInit = {
      ...this.#init(pointer),
      bubbles: !stays,
      cancelable: !stays && type !== 'pointercancel',
      relatedTarget: related ?? null,
      detail: type === 'click' || type === 'mousedown' || type === 'mouseup' ? 1 : 0,
      // of the pointer events, only down and up change a button
      button: type === 'pointermove' || type.endsWith('over') || type.endsWith('out') || stays ? -1 : 0,
    };
    return target.dispatchEvent(
      type.startsWith('mouse') ? new MouseEvent(type, { ...init, button: 0 }) : new PointerEvent(type, init),
    );
  }

  #init({ id, x, y, press }: Pointer): PointerEventInit {
    return {
      ...{ pointerId: id, pointerType: this.#options.pointerType, isPrimary: true, composed: true, view: window },
      ...{ clientX: x, clientY: y, screenX: x + screenX, screenY: y + screenY },
      ...{ buttons: press === undefined ? 0 : 1, pressure: press === undefined ? 0 : 0.5, width: 20, height: 20 },
    };
  }
}

/** The page's style sheet may show what the hand is on: `:hover` and `:active` are the browser's own. */
function mark(element: Element | null, state: 'hover' | 'down' | undefined): void {
  const target = interactiveOf(element);
  if (target === undefined) return;
  if (state === undefined) delete target.dataset.hand;
  else target.dataset.hand = state;
}

function commonOf(a: Element | null, b: Element | null): Element | null {
  for (let each = a; each !== null; each = each.parentElement) if (each.contains(b)) return each;
  return null;
}
