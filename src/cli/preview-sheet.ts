import { encode } from 'fast-png';
import { type CameraModel, type DepthFrame, projectToImage, shadeDepth } from '../depth/index.js';
import { type SkeletonTile, skeletonSheet } from '../evaluation/index.js';
import type { TrackedHand } from '../hand/index.js';
import type { TrackResult } from '../tracking/index.js';
import { svgToPng } from './rasterise.js';
import type { Agreement } from './truth-meter.js';

const TILE_WIDTH = 320;

/** A chosen frame whose result has not come yet: its picture, for its depth is not its own for long. */
interface Waiting {
  readonly index: number;
  /** The picture shows every so many-th pixel. */
  readonly step: number;
  readonly camera: CameraModel;
  readonly picture: ReturnType<typeof shadeDepth>;
}

type Tile = SkeletonTile & { readonly stamp: bigint };

/** Collects evenly chosen frames with their hands for a contact sheet. Keeps small pictures of the chosen ones only. */
export class PreviewSheet {
  readonly #title: string;
  readonly #chosen: ReadonlySet<number>;
  readonly #waiting = new Map<bigint, Waiting>();
  readonly #tiles: Tile[] = [];
  #seen = 0;
  #first: bigint | undefined;

  /**
   * @param count tiles
   * @param total frames that will come, as far as known
   */
  constructor(title: string, count: number, total: number) {
    this.#title = title;
    const tiles = Math.min(count, total);
    this.#chosen = new Set(Array.from({ length: tiles }, (_, k) => Math.floor(((k + 0.5) * total) / tiles)));
  }

  addFrame(frame: DepthFrame): void {
    this.#first ??= frame.stamp;
    const index = this.#seen++;
    if (!this.#chosen.has(index)) return;
    const step = Math.max(1, Math.floor(frame.width / TILE_WIDTH));
    this.#waiting.set(frame.stamp, { index, step, camera: frame.camera, picture: shadeDepth(frame, step) });
  }

  /** @param agreement with ground truth, where that is known */
  addResult(result: TrackResult, agreement: Agreement | undefined): void {
    const { stamp, hands } = result;
    const waiting = this.#waiting.get(stamp);
    if (waiting === undefined) return;
    this.#waiting.delete(stamp);
    const { index, step, camera, picture } = waiting;
    const seconds = Number(stamp - (this.#first ?? stamp)) / 1e9;
    this.#tiles.push({
      stamp,
      ...picture,
      hands: hands.map((hand) => ({
        joints2d: projected(hand, camera, step),
        confidences: hand.confidences,
        handedness: hand.handedness,
        label: `${hand.handedness} ${hand.id}`,
      })),
      caption: `frame ${index} · ${seconds.toFixed(2)} s · ${verdict(result, agreement)}`,
    });
  }

  /** The sheet as a PNG. */
  png(): Uint8Array {
    const tiles = this.#tiles.sort((a, b) => (a.stamp < b.stamp ? -1 : 1));
    const svg = skeletonSheet(tiles, { encodePng: encode, title: this.#title, tileWidth: TILE_WIDTH });
    return svgToPng(svg, 1.5);
  }
}

/** `tracked`, `3.1 mm off`; of several hands each, short enough for the width of a tile: `L3 2.5 mm, R4 tracked, 1 missed`. */
function verdict({ hands, lost }: TrackResult, agreement: Agreement | undefined): string {
  const missed = agreement?.missed ?? 0;
  if (hands.length === 0 && missed < 2) return `lost: ${[...new Set(lost.map(({ reason }) => reason))].join(', ')}`;
  const errorOf = (id: number) => agreement?.errorsMm.get(id)?.toFixed(1);
  if (hands.length === 1 && missed === 0) {
    const [{ id }] = hands;
    if (agreement?.falseHands.includes(id) === true) return 'a hand where there is none';
    return errorOf(id) === undefined ? 'tracked' : `${errorOf(id)} mm off`;
  }
  const each = hands.map(({ id, handedness }) => {
    const found = agreement?.falseHands.includes(id) === true ? 'false' : 'tracked';
    return `${SIDE_LETTERS[handedness]}${id} ${errorOf(id) === undefined ? found : `${errorOf(id)} mm`}`;
  });
  return [...each, ...(missed > 0 ? [`${missed} missed`] : [])].join(', ');
}

const SIDE_LETTERS = { left: 'L', right: 'R', unknown: '?' } as const;

/** Joints in the pixels of a picture that shows every `step`-th pixel; those behind the camera are not drawn. */
function projected(
  { positions }: Pick<TrackedHand, 'positions'>,
  camera: CameraModel,
  step: number,
): [number, number][] {
  return Array.from({ length: positions.length / 3 }, (_, joint) => {
    const [x, y, z] = positions.subarray(3 * joint, 3 * joint + 3);
    const [u, v] = projectToImage(camera, x, y, z) ?? [Number.NaN, Number.NaN];
    return [u / step, v / step];
  });
}
