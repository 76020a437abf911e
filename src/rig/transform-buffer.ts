import { VoxhandError } from '../errors/index.js';
import type { Transform } from '../geometry/transform.js';
import { composeTransforms, IDENTITY_TRANSFORM, invertTransform, unitQuaternion } from '../geometry/transform.js';
import { Counts, nanoseconds } from '../timing/index.js';
import { type Sampled, TransformSamples } from './transform-samples.js';

/** One transform of a `/tf` or `/tf_static` message. */
export interface StampedTransform {
  /** Nanoseconds; without meaning for a static transform. */
  readonly stamp: bigint;
  readonly parent: string;
  readonly child: string;
  /** The child's pose in the parent. */
  readonly transform: Transform;
}

/**
 * Why a transform was not kept. `repeated` alone is no fault: a sample of that stamp is there already. `too-many-frames`: the
 * buffer holds as many frames as it may, and none of them has fallen silent.
 */
export const TRANSFORM_FAULTS = [
  'no-name',
  'self-parent',
  'cycle',
  'not-finite',
  'not-a-rotation',
  'repeated',
  'too-many-frames',
] as const;
export type TransformFault = (typeof TRANSFORM_FAULTS)[number];

/** What a lookup gives. */
export type TransformLookup =
  | { readonly state: 'found'; readonly transform: Transform }
  | {
      readonly state: 'missing';
      /** `too-old`, `too-new`: there is one, but of another time than was asked for. */
      readonly cause: 'unknown-frame' | 'not-connected' | 'too-old' | 'too-new';
      /** Which link is missing or out of time, in words. */
      readonly text: string;
    };

export interface TransformBufferOptions {
  /** Moving transforms are kept for so long, seconds; 10 by default. */
  readonly buffer?: number;
  /** A moment may lie outside the samples of a moving transform by so much, seconds; 0.1 by default. */
  readonly tolerance?: number;
  /** Frames with a parent, at most; 512 by default. */
  readonly maxFrames?: number;
  /** Samples of a moving transform, at most; 1,000 by default. The oldest ones go first. */
  readonly maxSamples?: number;
}

/** What became of the transforms that were added. */
export interface TransformCounts {
  readonly kept: number;
  readonly refused: Readonly<Partial<Record<TransformFault, number>>>;
  /** Frames that got another parent. */
  readonly reparented: number;
  /** How often time went back and the moving transforms were forgotten. */
  readonly timeJumps: number;
  /** Frames with a parent now. */
  readonly frames: number;
}

interface Edge {
  readonly parent: string;
  /** A static transform, or the samples of a moving one. */
  readonly value: Transform | TransformSamples;
}

/** A squared length of a quaternion may be off by this; tf2's own limit. */
const QUATERNION_TOLERANCE = 0.01;
/** A sample that is older than the newest one of its frame by more than this is of another time. */
const TIME_JUMP = 1_000_000_000n;
const SWEEP_EVERY = 1_000_000_000n;
const MAX_NAME = 256;
/** Frames that an error text names. */
const NAMES_SHOWN = 8;

/**
 * Where frames lie in each other, over time: what `/tf` and `/tf_static` say, in bounded memory.
 *
 * Each frame has one parent. A frame that gets another parent, or that was static and moves, is reset. A
 * static transform holds for all times. A moving one is interpolated between its samples, and holds for `tolerance` beyond
 * them; time that goes back by more than a second (a looped recording, a reset simulation) makes the buffer forget all
 * moving transforms.
 *
 * What cannot be is refused and counted, never thrown: a buffer is fed by strangers.
 *
 * @example
 * ```ts
 * const buffer = new TransformBuffer({ buffer: 10, tolerance: 0.1 });
 * const mounted = { translation: [0, 0, 1.2], rotation: [0, 0, 0, 1] } as const;
 * buffer.add({ stamp: 0n, parent: 'base', child: 'camera', transform: mounted }, true);
 * const lookup = buffer.lookup('base', 'camera', 5n);
 * if (lookup.state === 'found') console.log(transformPoints(lookup.transform, [0, 0, 0])); // 0 0 1.2
 * ```
 */
export class TransformBuffer {
  readonly #duration: bigint;
  readonly #tolerance: bigint;
  readonly #maxFrames: number;
  readonly #maxSamples: number;
  /** By child. */
  readonly #edges = new Map<string, Edge>();
  readonly #refused = new Counts<TransformFault>();
  #kept = 0;
  #reparented = 0;
  #timeJumps = 0;
  /** Stamp of the newest moving sample. */
  #newest: bigint | undefined;
  #sweepAfter: bigint | undefined;

  /** @throws VoxhandError `CONFIG_INVALID` for bounds that are no positive numbers */
  constructor({ buffer = 10, tolerance = 0.1, maxFrames = 512, maxSamples = 1000 }: TransformBufferOptions = {}) {
    checkBound(buffer > 0 && Number.isFinite(buffer), 'transforms.buffer', 'seconds > 0', buffer);
    checkBound(tolerance >= 0 && Number.isFinite(tolerance), 'transforms.tolerance', 'seconds >= 0', tolerance);
    checkBound(Number.isInteger(maxFrames) && maxFrames > 0, 'maxFrames', 'a whole number > 0', maxFrames);
    checkBound(Number.isInteger(maxSamples) && maxSamples > 0, 'maxSamples', 'a whole number > 0', maxSamples);
    this.#duration = nanoseconds(buffer);
    this.#tolerance = nanoseconds(tolerance);
    this.#maxFrames = maxFrames;
    this.#maxSamples = maxSamples;
  }

  /**
   * Take a transform in. Names may begin with the `/` of old times, which does not count.
   *
   * @param isStatic it holds for all times
   * @returns why it was not kept; undefined where it was
   */
  add(given: StampedTransform, isStatic = false): TransformFault | undefined {
    const fault = this.#add(given, isStatic);
    if (fault === undefined) this.#kept++;
    else this.#refused.add(fault);
    return fault;
  }

  /**
   * The transform that takes coordinates in `source` to coordinates in `target`, at a moment: the pose of `source` in
   * `target`. The way leads over their nearest common ancestor.
   *
   * @param stamp nanoseconds
   */
  lookup(target: string, source: string, stamp: bigint): TransformLookup {
    const [to, from] = [plainName(target), plainName(source)];
    if (to === from) return { state: 'found', transform: IDENTITY_TRANSFORM };
    const above = this.#ancestors(from);
    const aboveTarget = this.#ancestors(to);
    const known = new Set(above);
    const common = aboveTarget.find((name) => known.has(name));
    if (common === undefined) return this.#unconnected(from, to, above, aboveTarget);
    const up = this.#climb(above, common, stamp);
    if ('missing' in up) return up.missing;
    const down = this.#climb(aboveTarget, common, stamp);
    if ('missing' in down) return down.missing;
    return { state: 'found', transform: composeTransforms(invertTransform(down.transform), up.transform) };
  }

  /** Forget everything, static transforms too; the counts go on. */
  clear(): void {
    this.#edges.clear();
    this.#newest = undefined;
    this.#sweepAfter = undefined;
  }

  counts(): TransformCounts {
    return {
      kept: this.#kept,
      refused: this.#refused.snapshot(),
      reparented: this.#reparented,
      timeJumps: this.#timeJumps,
      frames: this.#edges.size,
    };
  }

  #add({ stamp, parent: givenParent, child: givenChild, transform: given }: StampedTransform, isStatic: boolean) {
    const [parent, child] = [plainName(givenParent), plainName(givenChild)];
    if (![parent, child].every((name) => name.length > 0 && name.length <= MAX_NAME)) return 'no-name';
    if (parent === child) return 'self-parent';
    const { translation } = given;
    if (!(translation.every(Number.isFinite) && BigInt.asIntN(64, stamp) === stamp)) return 'not-finite';
    const rotation = unitQuaternion(given.rotation, QUATERNION_TOLERANCE);
    if (rotation === undefined) return 'not-a-rotation';
    const transform = { translation, rotation };

    let edge = this.#edges.get(child);
    if (edge?.parent !== parent) {
      if (this.#ancestors(parent).includes(child)) return 'cycle';
      if (edge === undefined && !this.#makeRoom()) return 'too-many-frames';
      if (edge !== undefined) this.#reparented++;
      edge = undefined;
    }
    if (isStatic) {
      this.#edges.set(child, { parent, value: transform });
      return undefined;
    }
    const last = edge?.value instanceof TransformSamples ? edge.value : undefined;
    if (last !== undefined && last.newest - stamp > TIME_JUMP) this.#forgetMoving();
    else if (last !== undefined) return this.#sample(last, stamp, transform);
    const samples = new TransformSamples(this.#maxSamples, this.#duration);
    this.#edges.set(child, { parent, value: samples });
    return this.#sample(samples, stamp, transform);
  }

  #sample(samples: TransformSamples, stamp: bigint, transform: Transform): TransformFault | undefined {
    if (!samples.add(stamp, transform)) return 'repeated';
    if (this.#newest === undefined || stamp > this.#newest) this.#newest = stamp;
    return undefined;
  }

  #forgetMoving(): void {
    for (const [child, { value }] of this.#edges) if (value instanceof TransformSamples) this.#edges.delete(child);
    this.#newest = undefined;
    this.#sweepAfter = undefined;
    this.#timeJumps++;
  }

  /** Whether there is room for one more frame, perhaps that of one that has not moved for as long as samples are kept. */
  #makeRoom(): boolean {
    if (this.#edges.size < this.#maxFrames) return true;
    // the walk over all frames is not made for each of a million names
    if (this.#newest === undefined || (this.#sweepAfter !== undefined && this.#newest < this.#sweepAfter)) return false;
    this.#sweepAfter = this.#newest + SWEEP_EVERY;
    for (const [child, { value }] of this.#edges) {
      if (value instanceof TransformSamples && this.#newest - value.newest > this.#duration) this.#edges.delete(child);
    }
    return this.#edges.size < this.#maxFrames;
  }

  /** The frame itself, its parent, and so on up to its root. There are no cycles. */
  #ancestors(name: string): string[] {
    const names = [name];
    for (let edge = this.#edges.get(name); edge !== undefined; edge = this.#edges.get(edge.parent)) {
      names.push(edge.parent);
    }
    return names;
  }

  /** From the first of the names up to `top`. */
  #climb(names: readonly string[], top: string, stamp: bigint) {
    let transform = IDENTITY_TRANSFORM;
    for (const child of names) {
      if (child === top) break;
      const { parent, value } = this.#edges.get(child) as Edge;
      const sampled: Sampled =
        value instanceof TransformSamples ? value.at(stamp, this.#tolerance) : { state: 'known', transform: value };
      if (sampled.state !== 'known') return { missing: this.#outOfTime(parent, child, sampled) };
      transform = composeTransforms(sampled.transform, transform);
    }
    return { transform };
  }

  #outOfTime(parent: string, child: string, { state, nanoseconds: off }: Exclude<Sampled, { state: 'known' }>) {
    const [cause, what] =
      state === 'late'
        ? (['too-old', 'the newest transform is older than the frame by'] as const)
        : (['too-new', 'the oldest transform kept is newer than the frame by'] as const);
    const text = `${shown(parent)} to ${shown(child)}: ${what} ${seconds(off)} s, tolerance ${seconds(this.#tolerance)} s`;
    return { state: 'missing', cause, text } as const;
  }

  #unconnected(from: string, to: string, above: readonly string[], aboveTarget: readonly string[]): TransformLookup {
    const parents = new Set([...this.#edges.values()].map(({ parent }) => parent));
    for (const name of [to, from]) {
      if (this.#edges.has(name) || parents.has(name)) continue;
      const names = [...new Set([...this.#edges.keys(), ...parents])];
      const some = names.slice(0, NAMES_SHOWN).map(shown).join(', ');
      const more = names.length > NAMES_SHOWN ? ` and ${names.length - NAMES_SHOWN} more` : '';
      const text = `no transform names the frame ${shown(name)}; frames known: ${some || 'none'}${more}`;
      return { state: 'missing', cause: 'unknown-frame', text };
    }
    const hangs = (name: string, names: readonly string[]) => {
      const root = names[names.length - 1];
      return root === name ? `${shown(name)} has no parent` : `${shown(name)} hangs under ${shown(root)}`;
    };
    const text = `no transform joins ${shown(from)} and ${shown(to)}: ${hangs(from, above)}, ${hangs(to, aboveTarget)}`;
    return { state: 'missing', cause: 'not-connected', text };
  }
}

function plainName(name: string): string {
  return name.startsWith('/') ? name.slice(1) : name;
}

function shown(name: string): string {
  return JSON.stringify(name);
}

function seconds(value: bigint): string {
  return (Number(value) / 1e9).toFixed(3);
}

function checkBound(right: boolean, where: string, expected: string, found: number): void {
  if (!right) throw new VoxhandError('CONFIG_INVALID', 'impossible bound', { expected, found: String(found), where });
}
