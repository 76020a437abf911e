import type { DepthFrame } from '../depth/index.js';
import {
  type CameraSyncFacts,
  type CameraView,
  type FrameSet,
  FrameSync,
  type FrameSyncOptions,
  type TransformBuffer,
} from '../rig/index.js';
import { Counts } from '../timing/index.js';
import type { BusMessage, BusSource } from '../transport/port/index.js';
import type { TrackerConfig } from './config.js';
import type { Counters } from './counters.js';
import { type DepthFramesOptions, type DepthReader, depthReader, firstMessage, recordedOf } from './depth-frames.js';
import type { ConfiguredCamera } from './rig-config.js';
import { RigPlaces } from './rig-places.js';
import { NO_TRANSFORM } from './target-frame.js';

export interface RigFramesOptions extends Omit<DepthFramesOptions, 'firstCameraInfo' | 'counters'> {
  /** Counts each moment as one that came, and each message without a frame as one that came and was dropped. */
  readonly counters: Counters;
  /** Where the cameras are that no setting says it of. Whoever gives it feeds it. */
  readonly transforms: TransformBuffer;
}

/** How the frames of one camera of a rig go: plain data. */
export interface RigCameraFacts extends CameraSyncFacts {
  /** Depth messages without a frame, by cause, and frames whose place is not known as `no-transform`. */
  readonly dropped: Readonly<Record<string, number>>;
}

/** A camera, what reads its messages, and what is known of it. */
interface CameraLine extends ConfiguredCamera {
  readonly reader: DepthReader;
  readonly dropped: Counts;
}

/**
 * The frames of the cameras of a rig, put together by their stamps: each camera's messages are decoded and paired by themselves, brought into
 * the rig's frame, and given out as sets of one moment. See `FrameSync` for which frames those are.
 */
export class RigFrames {
  readonly #config: TrackerConfig;
  readonly #options: RigFramesOptions;
  readonly #places: RigPlaces;
  #sync: FrameSync;
  #lines: readonly CameraLine[] = [];

  /** @throws VoxhandError `CONFIG_INVALID`, see `configuredCameras` */
  constructor(config: TrackerConfig, options: RigFramesOptions) {
    this.#config = config;
    this.#options = options;
    this.#places = new RigPlaces(config, options.transforms);
    this.#sync = this.#newSync();
  }

  /** Whether transforms on the bus say where a camera is. */
  get needsTransforms(): boolean {
    return this.#places.needsTransforms;
  }

  /** Why a camera's frame was left out last, in words. */
  get problem(): string | undefined {
    return this.#places.problem;
  }

  facts(): RigCameraFacts[] {
    return this.#sync.facts().map((facts) => {
      const dropped = this.#lines.find(({ name }) => name === facts.name)?.dropped.snapshot() ?? {};
      return { ...facts, dropped };
    });
  }

  /**
   * @param ahead where a recording is read for the first camera info of each camera; undefined of a live bus
   * @returns the sets of moments, in the order of their stamps
   */
  async *read(bus: BusSource, ahead: BusSource | undefined): AsyncGenerator<FrameSet, void, void> {
    const { counters, onDrop, times, stopwatch } = this.#options;
    this.#sync = this.#newSync();
    const lines: CameraLine[] = [];
    for (const camera of this.#places.cameras) {
      const { depth, cameraInfo } = camera;
      const dropped = new Counts();
      const counted = {
        arrived: () => undefined,
        dropped: (cause: string) => {
          counters.arrived();
          counters.dropped(cause);
          dropped.add(cause);
        },
      };
      const firstCameraInfo = ahead && (await firstMessage(ahead, cameraInfo));
      const reading = { counters: counted, firstCameraInfo, onDrop, stopwatch, ...(times && { times }) };
      const reader = depthReader({ topics: { depth, cameraInfo }, input: this.#config.input }, reading);
      lines.push({ ...camera, reader, dropped });
    }
    this.#lines = lines;
    const lineOf = new Map(
      lines.flatMap((line) => [line.depth, line.cameraInfo].map((topic) => [topic, line] as const)),
    );
    for await (const message of bus.subscribe(recordedOf(ahead, [...lineOf.keys()]))) {
      const line = lineOf.get(message.topic);
      if (line === undefined) continue;
      for (const frame of line.reader.take(message)) yield* this.#push(line, frame, message);
    }
    for (const line of lines) for (const frame of line.reader.end()) yield* this.#push(line, frame, undefined);
    for (const { frames } of this.#sync.flush()) yield* this.#setOf(frames);
  }

  #newSync(): FrameSync {
    return new FrameSync(syncOptions(this.#config, this.#places.cameras));
  }

  *#push({ name }: CameraLine, frame: DepthFrame, message: BusMessage | undefined): Generator<FrameSet, void, void> {
    for (const { frames } of this.#sync.push(name, frame, message?.logTime)) yield* this.#setOf(frames);
  }

  /** The frames whose places are known; none where that is not known of any. */
  *#setOf(frames: readonly { readonly camera: string; readonly frame: DepthFrame }[]): Generator<FrameSet, void, void> {
    const { counters } = this.#options;
    const seen = frames.map(({ camera: name, frame }) => {
      return { name, frame, frameId: frame.frameId, stamp: frame.stamp };
    });
    const placed = this.#places.placed(seen, ({ name, stamp }, text) => {
      this.#lines.find((line) => line.name === name)?.dropped.add(NO_TRANSFORM);
      this.#options.onDrop?.(NO_TRANSFORM, text, this.#config.topics.tfStatic, stamp);
    });
    counters.arrived();
    if (placed.length === 0) {
      counters.dropped(NO_TRANSFORM);
      return;
    }
    const views = placed.map(({ name, extrinsics, frame }): CameraView => ({ name, extrinsics, frame }));
    yield { stamp: views[0].frame.stamp, frameId: this.#places.frameId, views };
  }
}

/** How the frames of a rig's cameras are put together by its settings. */
export function syncOptions(
  { rig: { tolerance, deadline } }: Pick<TrackerConfig, 'rig'>,
  cameras: readonly ConfiguredCamera[],
): FrameSyncOptions {
  const clockOffsets = Object.fromEntries(cameras.map(({ name, clockOffset }) => [name, clockOffset]));
  return { cameras: cameras.map(({ name }) => name), tolerance, deadline, clockOffsets };
}
