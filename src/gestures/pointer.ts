import { dot, type Vec3 } from '../geometry/index.js';
import { INDEX_TIP } from '../hand/index.js';
import { CursorFilter, weight } from './cursor-filter.js';
import type { PointerEvent, PointerPhase } from './gesture-events.js';
import { type GestureHand, jointOf, pinchOf } from './gesture-hand.js';
import type { PointerSettings, SurfaceSettings } from './gesture-profile.js';
import { History } from './history.js';
import { mm } from './pose-scores.js';
import { isReady, pressOf } from './press.js';
import type { Press } from './press-sample.js';
import { snapped } from './snap.js';
import type { OnSurface, PlacedSurface } from './touch-surface.js';

/** How much further away the hand may go that has the surface already, metres. */
const STAYS = 0.04;
/** A hand that is not held to operate the surface counts as so much farther away, metres: farther than any range. */
const NOT_READY = 100;
/** Time over which speeds are taken, seconds. */
const SPEED_TIME = 0.1;
/** And that by which rest is told from motion. */
const REST_TIME = 0.17;
/** The way along the surface in which the cursor catches up with the finger after it was held, metres. */
const CATCH_UP = 0.04;
/** And the time constant with which it does at rest, seconds. */
const CATCH_UP_TIME = 0.25;
/** Slower than this is no push and no way back, m/s: it is noise. */
const NO_PRESSING = 0.03;
/** Time constant with which a push is forgotten, seconds: the filter of the cursor is behind it. */
const PRESSING_LASTS = 0.1;
const CLOSING_WAY = 0.05;

/** The hand that operates a surface. */
interface Operator {
  readonly id: number;
  readonly press: Press;
  readonly cursor: CursorFilter;
  readonly history: History;
  /** Of the strength of a grab or pinch, in x. */
  readonly closing: History;
  /** Added to the finger's place: by how much the cursor was held back while the finger pushed. */
  offsetX: number;
  offsetY: number;
  /** How fast the finger pushes or draws back, m/s; lasts for a moment. */
  pressing: number;
  /** Where the point was last, and the distance smoothed. */
  at: OnSurface;
  distance: number;
  time: number;
  /** When the hand came in, or pressed. */
  since: number;
  down: { readonly x: number; readonly y: number; dragging: boolean } | undefined;
  event: PointerEvent | undefined;
}

/** One surface and the one hand that operates it at a time. */
export class Pointer {
  readonly #surface: SurfaceSettings;
  readonly #settings: PointerSettings;
  readonly #emit: (event: PointerEvent) => void;
  #operator: Operator | undefined;
  /** Another hand is nearer, since when. */
  #challenger: { readonly id: number; readonly since: number } | undefined;

  constructor(surface: SurfaceSettings, settings: PointerSettings, emit: (event: PointerEvent) => void) {
    this.#surface = surface;
    this.#settings = settings;
    this.#emit = emit;
  }

  /** The hand that operates the surface, if there is one. */
  get handId(): number | undefined {
    return this.#operator?.id;
  }

  /** Whether it is pressed: its hand must not be taken away from it by a rule. */
  get pressed(): boolean {
    return this.#operator?.down !== undefined;
  }

  /** @param placed the surface in the frame of the joints */
  step(hands: readonly GestureHand[], placed: PlacedSurface, stamp: bigint): void {
    const located = hands.map((hand) => {
      const at = placed.locate(this.#pointOf(hand));
      const ready = isReady(this.#surface.interaction, hand, facing(hand, placed), this.#settings);
      // a hand that is held to operate the surface goes before one that is not; then the nearer one
      return { hand, at, ready, rank: at.distance + (ready ? 0 : NOT_READY) };
    });
    const mine = located.find(({ hand }) => hand.id === this.#operator?.id);
    if (this.#operator !== undefined && mine === undefined) this.cancel(stamp, 'the hand is lost');
    else if (mine !== undefined && !this.#covers(mine.at, STAYS))
      this.cancel(stamp, whereOutside(mine.at, this.#surface));
    const others = located.filter(({ hand, at }) => hand.id !== this.#operator?.id && this.#covers(at, 0));
    const next = others.sort((a, b) => a.rank - b.rank || a.hand.id - b.hand.id).at(0);
    let moves = this.#operator === undefined ? next : mine;
    if (mine !== undefined && next !== undefined && this.#operator !== undefined) {
      if (this.#handsOver(next.hand.id, mine.rank - next.rank, next.hand.time)) {
        const why = next.ready && !mine.ready ? 'it is held to operate the surface' : 'it is nearer';
        this.cancel(stamp, `hand ${next.hand.id} takes over: ${why}`);
        moves = next;
      }
    }
    if (moves === undefined) return;
    if (this.#operator === undefined) this.#enter(moves.hand, moves.at);
    this.#move(moves.hand, moves.at, placed);
  }

  cancel(stamp: bigint, reason: string): void {
    const event = this.#operator?.event;
    this.#operator = undefined;
    this.#challenger = undefined;
    if (event === undefined) return;
    this.#emit({ ...event, stamp, phase: 'CANCEL', progress: 0, dragging: false, scrollX: 0, scrollY: 0, reason });
  }

  #pointOf(hand: GestureHand): Vec3 {
    if (this.#surface.interaction === 'grab') return hand.described.palmPosition;
    if (this.#surface.interaction === 'pinch') return pinchOf(hand);
    return jointOf(hand, INDEX_TIP);
  }

  #covers({ x, y, distance }: OnSurface, more: number): boolean {
    const { width, height, margin, range, behind } = this.#surface;
    const edge = margin + more;
    return (
      x >= -edge &&
      x <= width + edge &&
      y >= -edge &&
      y <= height + edge &&
      distance <= range + more &&
      distance >= -behind - more
    );
  }

  /** Clear rule: not while pressed, and only a hand that has gone before this one, or been nearer by `handOver`, for `handOverTime`. */
  #handsOver(id: number, nearer: number, time: number): boolean {
    if (this.pressed || nearer < this.#settings.handOver) {
      this.#challenger = undefined;
      return false;
    }
    if (this.#challenger?.id !== id) this.#challenger = { id, since: time };
    return time - this.#challenger.since >= this.#settings.handOverTime;
  }

  #enter(hand: GestureHand, at: OnSurface): void {
    this.#operator = {
      id: hand.id,
      press: pressOf(this.#surface.interaction, this.#settings),
      cursor: new CursorFilter(this.#settings),
      history: new History(16),
      closing: new History(16),
      offsetX: 0,
      offsetY: 0,
      pressing: 0,
      at,
      distance: at.distance,
      time: hand.time,
      since: hand.time,
      down: undefined,
      event: undefined,
    };
  }

  #move(hand: GestureHand, measured: OnSurface, placed: PlacedSurface): void {
    const operator = this.#operator!;
    const { time, points, pointedAt } = hand;
    const { slipSpeed, dragThreshold, onlyPointing } = this.#settings;
    const { interaction } = this.#surface;
    // for a frame or two the finger of a pointing hand is somewhere else
    const isOutlier = onlyPointing && points && pointedAt < time && interaction !== 'grab' && interaction !== 'pinch';
    const at = isOutlier ? operator.at : measured;
    operator.at = at;
    operator.history.add(time, [at.x, at.y, at.distance]);
    const [vx, vy, vd] = operator.history.velocity(SPEED_TIME);
    const [forward, lateral] = [-vd, Math.hypot(vx, vy)];
    const dt = time - operator.time;
    operator.time = time;
    if (dt > 0) operator.distance += weight(2 + 40 * Math.abs(vd), dt) * (at.distance - operator.distance);

    const [beforeX, beforeY] = [operator.cursor.x, operator.cursor.y];
    operator.cursor.step(at.x, at.y, time);
    const { cursor } = operator;
    const [dx, dy] = operator.event === undefined ? [0, 0] : [cursor.x - beforeX, cursor.y - beforeY];
    // a finger that pushes or draws back, or a hand that closes, moves sideways, too, and does not mean it: the more it does so, the less the
    // cursor follows, and it catches up on the next way along the surface
    const pressing = Math.max(0, this.#pressing(hand, Math.abs(forward), operator) - lateral / 2 - NO_PRESSING);
    operator.pressing = Math.max(pressing, operator.pressing * Math.exp(-dt / PRESSING_LASTS));
    const free = operator.down?.dragging ? 1 : 1 / (1 + (operator.pressing / slipSpeed) ** 2);
    const catches = free * (Math.hypot(dx, dy) / CATCH_UP + dt / CATCH_UP_TIME);
    const caughtUp = operator.down === undefined ? Math.exp(-catches) : 1;
    operator.offsetX = caughtUp * operator.offsetX - (1 - free) * dx;
    operator.offsetY = caughtUp * operator.offsetY - (1 - free) * dy;

    const { x: freeX, y: freeY } = cursorOf(operator);
    const { pressed, progress, reason, atOnce } = operator.press.step({
      time,
      hand,
      x: freeX,
      y: freeY,
      fingerX: cursor.x,
      fingerY: cursor.y,
      distance: operator.distance,
      speed: Math.hypot(...operator.history.velocity(REST_TIME)),
      facing: facing(hand, placed),
    });
    const before = operator.down;
    if (pressed && before === undefined) {
      operator.down = { x: freeX, y: freeY, dragging: false };
      operator.since = time;
      this.#send('DOWN', hand, placed, progress, reason);
      if (!atOnce) return;
    }
    const { down } = operator;
    if (down !== undefined && !down.dragging) {
      down.dragging = Math.hypot(freeX - down.x, freeY - down.y) > dragThreshold;
    }
    if (down === undefined) this.#send('HOVER', hand, placed, progress, reason);
    else if (pressed && !atOnce) this.#send('MOVE', hand, placed, progress, reason);
    else {
      this.#send('UP', hand, placed, progress, reason);
      operator.down = undefined;
      operator.since = time;
    }
  }

  /** m/s; of a hand that closes or opens: as if the whole way were `CLOSING_WAY`. */
  #pressing({ time, described }: GestureHand, forward: number, { closing }: Operator): number {
    const { interaction } = this.#surface;
    if (interaction === 'hover') return 0;
    if (interaction === 'push' || interaction === 'touch') return forward;
    closing.add(time, [interaction === 'grab' ? described.grabStrength : described.pinchStrength, 0, 0]);
    return CLOSING_WAY * Math.abs(closing.velocity(SPEED_TIME)[0]);
  }

  #send(phase: PointerPhase, hand: GestureHand, placed: PlacedSurface, progress: number, reason: string): void {
    const operator = this.#operator!;
    const { name, interaction, width, height, pixelWidth, pixelHeight, targets } = this.#surface;
    const { down, event: last } = operator;
    const cursor = cursorOf(operator);
    const dragging = down?.dragging ?? false;
    // a click stays where it was pressed until the hand drags
    const [freeX, freeY] = down === undefined || dragging ? [cursor.x, cursor.y] : [down.x, down.y];
    const area = dragging ? undefined : snapped(freeX, freeY, targets, this.#settings.snap, last?.target);
    const [x, y] = area === undefined ? [freeX, freeY] : [area.x, area.y];
    const scrolls = dragging && last !== undefined && phase === 'MOVE';
    operator.event = {
      stamp: hand.stamp,
      frameId: hand.frameId,
      surface: name,
      interaction,
      handId: hand.id,
      handedness: hand.handedness,
      phase,
      position: placed.point(x, y),
      x,
      y,
      u: x / width,
      v: y / height,
      width,
      height,
      pixelX: (x / width) * pixelWidth,
      pixelY: (y / height) * pixelHeight,
      distance: operator.distance,
      progress,
      dragging,
      scrollX: scrolls ? x - last.x : 0,
      scrollY: scrolls ? y - last.y : 0,
      confidence: hand.confidence,
      reason,
      since: hand.time - operator.since,
      ...(area !== undefined && { target: area.target }),
    };
    this.#emit(operator.event);
  }
}

/** Cosine between the palm's normal and the way to the surface. */
function facing({ described }: GestureHand, { normal }: PlacedSurface): number {
  return -dot(described.palmNormal, normal);
}

/** The cursor before it snaps. */
function cursorOf({ cursor, offsetX, offsetY }: Operator): { x: number; y: number } {
  return { x: cursor.x + offsetX, y: cursor.y + offsetY };
}

function whereOutside({ x, y, distance }: OnSurface, { width, height, range, behind }: SurfaceSettings): string {
  if (distance > range) return `left: ${mm(distance)} in front of the surface`;
  if (distance < -behind) return `left: ${mm(-distance)} behind the surface`;
  return `left: ${mm(Math.max(-x, x - width, -y, y - height))} beside the surface`;
}
