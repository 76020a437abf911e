/**
 * What a browser does by itself for its own pointers, and not for events that a script sends: sliders follow, lists scroll, what is pressed
 * gets the focus.
 */

const INTERACTIVE =
  'a[href], button, input, select, textarea, summary, label, [role="button"], [role="slider"], [role="option"], [role="tab"], ' +
  '[role="menuitem"], [role="checkbox"], [role="switch"], [role="link"], [tabindex]:not([tabindex="-1"])';

/** The element that a press on `element` is meant for: itself or what it is part of. */
export function interactiveOf(element: Element | null): HTMLElement | undefined {
  const found = element?.closest<HTMLElement>(INTERACTIVE);
  return found === null || found === undefined || found.matches(':disabled, [aria-disabled="true"]')
    ? undefined
    : found;
}

/**
 * The nearest target within `reach` pixels of a point that lies on none: a hand is less exact than a mouse.
 *
 * @returns a point on the target, the nearest one that is not covered
 */
export function snapped(document: Document, x: number, y: number, reach: number): { x: number; y: number } | undefined {
  if (!(reach > 0) || interactiveOf(document.elementFromPoint(x, y)) !== undefined) return undefined;
  let best: { x: number; y: number } | undefined;
  let nearest = reach;
  for (const target of document.querySelectorAll<HTMLElement>(INTERACTIVE)) {
    const { left, top, right, bottom } = target.getBoundingClientRect();
    if (right - left < 2 || bottom - top < 2) continue;
    const at = { x: Math.min(Math.max(x, left + 1), right - 1), y: Math.min(Math.max(y, top + 1), bottom - 1) };
    const distance = Math.hypot(at.x - x, at.y - y);
    if (distance >= nearest || !target.contains(document.elementFromPoint(at.x, at.y))) continue;
    nearest = distance;
    best = at;
  }
  return best;
}

export function focus(element: Element | null): void {
  interactiveOf(element)?.focus({ preventScroll: true, focusVisible: false });
}

/** Where `element` is a range input: its value under `x`, with the events that a browser would send. @returns whether it is one. */
export function moveSlider(element: Element | null, x: number, done: boolean): boolean {
  if (!(element instanceof HTMLInputElement) || element.type !== 'range' || element.disabled) return false;
  const { left, width } = element.getBoundingClientRect();
  const [min, max, step] = [Number(element.min || 0), Number(element.max || 100), Number(element.step) || 1];
  const share = Math.min(1, Math.max(0, (x - left) / Math.max(width, 1)));
  const fromLeft = getComputedStyle(element).direction === 'rtl' ? 1 - share : share;
  const value = String(min + Math.round((fromLeft * (max - min)) / step) * step);
  if (value !== element.value) {
    element.value = value;
    element.dispatchEvent(new Event('input', { bubbles: true, composed: true }));
  }
  if (done) element.dispatchEvent(new Event('change', { bubbles: true }));
  return true;
}

/** The nearest ancestor that can be scrolled along the larger of `dx` and `dy`, unless the page wants such movements for itself. */
export function scrollerOf(element: Element | null, dx: number, dy: number): Element | undefined {
  const across = Math.abs(dx) > Math.abs(dy);
  for (let each = element; each !== null; each = each.parentElement) {
    const style = getComputedStyle(each);
    if (style.touchAction === 'none' || style.touchAction === (across ? 'pan-y' : 'pan-x')) return undefined;
    const isRoot = each === document.scrollingElement;
    const overflow = across ? style.overflowX : style.overflowY;
    const room = across ? each.scrollWidth - each.clientWidth : each.scrollHeight - each.clientHeight;
    if (room > 1 && (isRoot ? overflow !== 'hidden' : overflow === 'auto' || overflow === 'scroll')) return each;
  }
  return undefined;
}
