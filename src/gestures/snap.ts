/** A place of a surface that can be hit, metres from its top left corner. */
export interface SurfaceTarget {
  readonly name: string;
  readonly x: number;
  readonly y: number;
  readonly width: number;
  readonly height: number;
}

/** By how much farther away the cursor may go from the target that it has. */
const STAYS = 1.5;
/** Share of a target's size by which a snapped cursor stays inside of its edge. */
const INSET = 0.2;

/**
 * The target that a cursor is on or next to, and the nearest place in it (area cursor). The target that it had keeps it for a while, so that a cursor
 * between two targets does not jump to and fro.
 *
 * @param reach distance from which a target attracts the cursor, metres; 0: only a target that is hit has it, and the cursor stays as it is
 * @param had the target that the cursor had before
 * @returns undefined where there is no target
 */
export function snapped(
  x: number,
  y: number,
  targets: readonly SurfaceTarget[],
  reach: number,
  had: string | undefined,
): { readonly target: string; readonly x: number; readonly y: number } | undefined {
  let best: SurfaceTarget | undefined;
  let least = Number.POSITIVE_INFINITY;
  for (const target of targets) {
    const away = Math.hypot(
      Math.max(target.x - x, 0, x - target.x - target.width),
      Math.max(target.y - y, 0, y - target.y - target.height),
    );
    const counts = target.name === had ? away / STAYS : away;
    if (counts <= reach && counts < least) [best, least] = [target, counts];
  }
  if (best === undefined) return undefined;
  if (reach === 0) return { target: best.name, x, y };
  const within = (value: number, from: number, size: number) =>
    Math.min(from + (1 - INSET) * size, Math.max(from + INSET * size, value));
  return { target: best.name, x: within(x, best.x, best.width), y: within(y, best.y, best.height) };
}
