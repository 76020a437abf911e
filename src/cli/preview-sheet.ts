import { encode } from 'fast-png';
import { type CameraModel, projectToImage, shadeDepth } from '../depth/index.js';
import { type SkeletonTile, skeletonSheet } from '../evaluation/index.js';
import { invertTransform, type Transform, transformPoints } from '../geometry/index.js';
import type { CameraView } from '../rig/index.js';
import type { TrackResult } from '../tracking/index.js';
import { svgToPng } from './rasterise.js';
import type { Agreement } from './truth-meter.js';

const TILE_WIDTH = 320;
/** Of a sheet of several cameras, unless there are more of those. */
const MOST_COLUMNS = 4;

/** The picture of a chosen frame whose result has not come yet: its depth is not its own for long. */
interface Waiting {
  readonly index: number;
  /** Of a rig: which camera it is of. */
  readonly name: string | undefined;
  /** From the frame of the results into that of the camera. */
  readonly toCamera: Transform;
  /** The picture shows every so many-th pixel. */
  readonly step: number;
  readonly camera: CameraModel;
  readonly picture: ReturnType<typeof shadeDepth>;
}

type Tile = SkeletonTile & { readonly stamp: bigint };

/**
 * Collects evenly chosen frames with their hands for a contact sheet; of a rig the frames of all cameras, side by side. Keeps small pictures
 * of the chosen ones only.
 */
export class PreviewSheet {
  readonly #title: string;
  readonly #chosen: ReadonlySet<number>;
  readonly #waiting = new Map<bigint, readonly Waiting[]>();
  readonly #tiles: Tile[] = [];
  /** Of one moment. */
  #cameras = 1;
  #seen = 0;
  #first: bigint | undefined;

  /**
   * @param count frames, of a rig moments, that are shown
   * @param total frames or moments that will come, as far as known
   */
  constructor(title: string, count: number, total: number) {
    this.#title = title;
    const tiles = Math.min(count, total);
    this.#chosen = new Set(Array.from({ length: tiles }, (_, k) => Math.floor(((k + 0.5) * total) / tiles)));
  }

  /** @param views the frames of a moment; the result that is given later has the stamp of the first one */
  addFrame(views: readonly CameraView[]): void {
    const [{ stamp }] = views.map(({ frame }) => frame);
    this.#first ??= stamp;
    this.#cameras = Math.max(this.#cameras, views.length);
    const index = this.#seen++;
    if (!this.#chosen.has(index)) return;
    const waiting = views.map(({ name, extrinsics, frame }): Waiting => {
      const step = Math.max(1, Math.floor(frame.width / TILE_WIDTH));
      const of = { index, name: this.#cameras > 1 ? name : undefined, toCamera: invertTransform(extrinsics) };
      return { ...of, step, camera: frame.camera, picture: shadeDepth(frame, step) };
    });
    this.#waiting.set(stamp, waiting);
  }

  /** @param agreement with ground truth, where that is known */
  addResult(result: TrackResult, agreement: Agreement | undefined): void {
    const { stamp, hands } = result;
    const waiting = this.#waiting.get(stamp);
    if (waiting === undefined) return;
    this.#waiting.delete(stamp);
    const seconds = Number(stamp - (this.#first ?? stamp)) / 1e9;
    for (const { index, name, toCamera, step, camera, picture } of waiting) {
      const tile = {
        stamp,
        ...picture,
        hands: hands.map(({ positions, confidences, handedness, id }) => ({
          joints2d: projected(transformPoints(toCamera, positions), camera, step),
          ...{ confidences, handedness, label: `${handedness} ${id}` },
        })),
      };
      const caption = `frame ${index} · ${seconds.toFixed(2)} s · ${verdict(result, agreement)}`;
      this.#tiles.push({ ...tile, caption: name === undefined ? caption : `${name} · ${caption}` });
    }
  }

  /** The sheet as a PNG. */
  png(): Uint8Array {
    const tiles = this.#tiles.sort((a, b) => (a.stamp < b.stamp ? -1 : 1));
    const options = { encodePng: encode, title: this.#title, tileWidth: TILE_WIDTH };
    // the cameras of a rig stand side by side
    const pairs = this.#cameras > 1 && {
      columns: this.#cameras * Math.max(1, Math.floor(MOST_COLUMNS / this.#cameras)),
    };
    const svg = skeletonSheet(tiles, { ...options, ...pairs });
    return svgToPng(svg, 1.5);
  }
}

/** `tracked`, `3.1 mm off`; of several hands each, short enough for the width of a tile: `L3 2.5, L5 3.1 mm, R4 tracked, 1 missed`. */
export function verdict({ hands, lost }: TrackResult, agreement: Agreement | undefined): string {
  const missed = agreement?.missed ?? 0;
  if (hands.length === 0 && missed < 2) return `lost: ${[...new Set(lost.map(({ reason }) => reason))].join(', ')}`;
  const errorOf = (id: number) => agreement?.errorsMm.get(id)?.toFixed(1);
  if (hands.length === 1 && missed === 0) {
    const [{ id }] = hands;
    if (agreement?.falseHands.includes(id) === true) return 'a hand where there is none';
    return errorOf(id) === undefined ? 'tracked' : `${errorOf(id)} mm off`;
  }
  const said: Record<string, string[]> = { mm: [], tracked: [], false: [] };
  for (const { id, handedness } of hands) {
    const name = `${SIDE_LETTERS[handedness]}${id}`;
    const error = errorOf(id);
    if (error !== undefined) said.mm.push(`${name} ${error}`);
    else said[agreement?.falseHands.includes(id) === true ? 'false' : 'tracked'].push(name);
  }
  const each = Object.entries(said).flatMap(([what, names]) =>
    names.length > 0 ? [`${names.join(', ')} ${what}`] : [],
  );
  return [...each, ...(missed > 0 ? [`${missed} missed`] : [])].join(', ');
}

const SIDE_LETTERS = { left: 'L', right: 'R', unknown: '?' } as const;

/** Joints in the pixels of a picture that shows every `step`-th pixel; those behind the camera are not drawn. */
function projected(positions: Float64Array, camera: CameraModel, step: number): [number, number][] {
  return Array.from({ length: positions.length / 3 }, (_, joint) => {
    const [x, y, z] = positions.subarray(3 * joint, 3 * joint + 3);
    const [u, v] = projectToImage(camera, x, y, z) ?? [Number.NaN, Number.NaN];
    return [u / step, v / step];
  });
}
