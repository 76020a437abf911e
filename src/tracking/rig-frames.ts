import type { DepthFrame } from '../depth/index.js';
import { IDENTITY_TRANSFORM, type Transform } from '../geometry/index.js';
import { type CameraSyncFacts, type CameraView, type FrameSet, FrameSync, type TransformBuffer } from '../rig/index.js';
import { Counts } from '../timing/index.js';
import type { BusMessage, BusSource } from '../transport/port/index.js';
import type { TrackerConfig } from './config.js';
import type { Counters } from './counters.js';
import { type DepthFramesOptions, type DepthReader, depthReader, firstMessage, recordedOf } from './depth-frames.js';
import { type ConfiguredCamera, configuredCameras } from './rig-config.js';
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
  readonly #cameras: readonly ConfiguredCamera[];
  #sync: FrameSync;
  #lines: readonly CameraLine[] = [];
  /** Optical frame of the first camera. */
  #firstFrame: string | undefined;
  #problem: string | undefined;

  /** @throws VoxhandError `CONFIG_INVALID`, see `configuredCameras` */
  constructor(config: TrackerConfig, options: RigFramesOptions) {
    this.#config = config;
    this.#options = options;
    this.#cameras = configuredCameras(config).map((camera, i) => {
      // the rig's frame is the first camera's own
      const isThere = i === 0 && config.rig.frame === '' && camera.place === undefined;
      return isThere ? { ...camera, place: IDENTITY_TRANSFORM } : camera;
    });
    this.#sync = this.#newSync();
  }

  /** Whether transforms on the bus say where a camera is. */
  get needsTransforms(): boolean {
    return this.#cameras.some(({ place }) => place === undefined);
  }

  /** Why a camera's frame was left out last, in words. */
  get problem(): string | undefined {
    return this.#problem;
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
    for (const camera of this.#cameras) {
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
    const { tolerance, deadline } = this.#config.rig;
    const clockOffsets = Object.fromEntries(this.#cameras.map(({ name, clockOffset }) => [name, clockOffset]));
    return new FrameSync({ cameras: this.#cameras.map(({ name }) => name), tolerance, deadline, clockOffsets });
  }

  *#push({ name }: CameraLine, frame: DepthFrame, message: BusMessage | undefined): Generator<FrameSet, void, void> {
    for (const { frames } of this.#sync.push(name, frame, message?.logTime)) yield* this.#setOf(frames);
  }

  /** The frames whose places are known; none where that is not known of any. */
  *#setOf(frames: readonly { readonly camera: string; readonly frame: DepthFrame }[]): Generator<FrameSet, void, void> {
    const { counters } = this.#options;
    const views = frames.flatMap(({ camera, frame }): CameraView[] => {
      const line = this.#lines.find(({ name }) => name === camera) as CameraLine;
      if (line === this.#lines[0]) this.#firstFrame = frame.frameId;
      const extrinsics = this.#placeOf(line, frame);
      if (extrinsics === undefined) {
        line.dropped.add(NO_TRANSFORM);
        return [];
      }
      return [{ name: camera, extrinsics, frame }];
    });
    if (views.length === frames.length) this.#problem = undefined;
    counters.arrived();
    if (views.length === 0) {
      counters.dropped(NO_TRANSFORM);
      return;
    }
    const [{ frame }] = views;
    yield { stamp: frame.stamp, frameId: this.#rigFrame(), views };
  }

  /** The frame of the rig: as configured, or the first camera's. */
  #rigFrame(): string {
    const { frame } = this.#config.rig;
    return frame === '' ? (this.#firstFrame ?? '') : frame;
  }

  #placeOf({ name, place }: CameraLine, { frameId, stamp }: DepthFrame): Transform | undefined {
    if (place !== undefined) return place;
    const target = this.#rigFrame();
    const lookup =
      target === ''
        ? ({ state: 'missing', text: 'no frame of the first camera has come, and rig.frame is not set' } as const)
        : this.#options.transforms.lookup(target, frameId, stamp);
    if (lookup.state === 'found') return lookup.transform;
    this.#problem = `camera ${name} is left out: ${lookup.text}`;
    this.#options.onDrop?.(NO_TRANSFORM, this.#problem, this.#config.topics.tfStatic, stamp);
    return undefined;
  }
}
