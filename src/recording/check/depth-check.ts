import type { CameraInfo, CameraModel, MessageHeader } from '../../depth/index.js';
import { CameraCache, decodeDepthMessage } from '../../depth/index.js';
import { toVoxhandError } from '../../errors/index.js';
import type { BusMessage } from '../../transport/port/index.js';
import { nodeInflate } from '../../transport/port/node-inflate.js';
import { type Finding, Tally } from './finding.js';

/** Pixels of the first image and of each so many are looked at: that takes longer than all the rest. */
const EVERY = 10;
/** Stamps of infos that are remembered, for images that come before or after theirs. */
const STAMPS = 1000;
/** Fewer infos than this are published once and valid for all images. */
const FEW_INFOS = 3;

/** What an image topic shows, by its messages. */
export type ImageKind = 'depth' | 'other' | 'unsure';

const DEPTH_WORDS = /16UC1|mono16|32FC1|compressedDepth/i;

/** Whether a message of an image topic is depth: by its encoding, and where that is no depth encoding by the topic's name. */
export function imageKind(topic: string, decoded: unknown): ImageKind {
  const { encoding, format } = decoded as { encoding?: unknown; format?: unknown };
  const said = String(encoding ?? format ?? '');
  if (DEPTH_WORDS.test(said)) return 'depth';
  return /depth/i.test(topic) ? 'unsure' : 'other';
}

/** Looks at a depth topic and at the camera info that goes with it. */
export class DepthCheck {
  readonly #topic: string;
  readonly #cameraTopic: string | undefined;
  readonly #cameras = new CameraCache({ rectified: true });
  readonly #encoding = new Tally();
  readonly #invalid = new Tally();
  readonly #blank = new Tally();
  readonly #cameraInvalid = new Tally();
  readonly #changes = new Tally();
  readonly #frames = new Tally();
  readonly #infoStamps = new Set<bigint>();
  /** Images whose info has not come yet. */
  readonly #waiting = new Map<bigint, bigint>();
  #unpaired = 0;
  #firstUnpaired: bigint | undefined;
  #images = 0;
  #infos = 0;
  #camera: CameraModel | undefined;
  #cameraFrame: string | undefined;

  /** @param cameraTopic undefined: there is none */
  constructor(topic: string, cameraTopic: string | undefined) {
    this.#topic = topic;
    this.#cameraTopic = cameraTopic;
  }

  image({ schemaName, logTime }: BusMessage, decoded: unknown, { stamp, frameId }: MessageHeader): void {
    const first = this.#images === 0;
    this.#images++;
    if (imageKind(this.#topic, decoded) === 'unsure') {
      const { encoding, format } = decoded as { encoding?: unknown; format?: unknown };
      this.#encoding.add(logTime, String(encoding ?? format));
      return;
    }
    if (!this.#infoStamps.has(stamp)) this.#wait(stamp, logTime);
    if (this.#cameraFrame !== undefined && this.#cameraFrame !== frameId) {
      this.#frames.add(logTime, `${frameId || '(none)'} and ${this.#cameraFrame || '(none)'}`);
    }
    const camera = this.#camera;
    if (camera === undefined || (!first && this.#images % EVERY !== 0)) return;
    try {
      const frame = decodeDepthMessage(schemaName, decoded, { stamp, frameId, camera }, { inflate: nodeInflate });
      if (frame.depth.every((z) => z === 0)) this.#blank.add(logTime);
    } catch (thrown) {
      this.#invalid.add(logTime, toVoxhandError(thrown, 'MESSAGE_INVALID').message);
    }
  }

  info(logTime: bigint, decoded: unknown, { stamp, frameId }: MessageHeader): void {
    this.#infos++;
    this.#infoStamps.add(stamp);
    this.#waiting.delete(stamp);
    if (this.#infoStamps.size > STAMPS) {
      const [oldest] = this.#infoStamps;
      this.#infoStamps.delete(oldest);
    }
    this.#cameraFrame = frameId;
    try {
      const camera = this.#cameras.modelFor(decoded as CameraInfo);
      if (this.#camera !== undefined && camera !== this.#camera) this.#changes.add(logTime);
      this.#camera = camera;
    } catch (thrown) {
      this.#cameraInvalid.add(logTime, toVoxhandError(thrown, 'CAMERA_INVALID').message);
    }
  }

  findings(): readonly Finding[] {
    for (const [, logTime] of this.#waiting) this.#countUnpaired(logTime);
    this.#waiting.clear();
    const topic = this.#topic;
    const camera = this.#cameraTopic ?? topic;
    return [
      ...this.#encoding.finding((count, text) => ({
        severity: 'error',
        code: 'depth-encoding',
        topic,
        text: `${count} of ${this.#images} images are ${text}, which is no depth`,
        remedy: 'record the depth topic itself (16UC1, mono16, 32FC1 or compressedDepth), not a picture of it',
      })),
      ...this.#invalid.finding((count, text) => ({
        severity: 'error',
        code: 'depth-invalid',
        topic,
        text: `depth images that cannot be read, ${count} of those looked at: ${text}`,
        remedy: 'voxhand drops and counts them; check the camera driver and the image transport',
      })),
      ...this.#blank.finding((count) => ({
        severity: 'warning',
        code: 'depth-blank',
        topic,
        text: `depth images in which nothing is measured, ${count} of those looked at`,
        remedy: 'look for a covered lens, a switched off emitter, or a scene nearer than the camera can see',
      })),
      ...this.#cameraFindings(camera),
      ...this.#frames.finding((count, text) => ({
        severity: 'warning',
        code: 'frame-differs',
        topic,
        text: `${count} images are in another frame than their camera info: ${text}`,
        remedy: 'take the camera info of the depth camera, or of the one that depth is aligned to',
      })),
    ];
  }

  #cameraFindings(camera: string): readonly Finding[] {
    const topic = this.#topic;
    if (this.#infos === 0) {
      return [
        {
          severity: 'error',
          code: 'camera-missing',
          topic,
          text: 'depth without a camera info: metres cannot be computed',
          remedy: `record ${topic.replace(/\/[^/]*(\/compressedDepth)?$/, '')}/camera_info with it`,
        },
      ];
    }
    const few = this.#infos <= FEW_INFOS && this.#images > 2 * FEW_INFOS;
    const unpaired: Finding[] =
      this.#unpaired === 0 || this.#firstUnpaired === undefined
        ? []
        : [
            {
              severity: few ? 'info' : 'warning',
              code: 'camera-unpaired',
              topic,
              text: few
                ? `${this.#infos} camera infos for ${this.#images} images`
                : `${this.#unpaired} of ${this.#images} images have no camera info of the same stamp on ${camera}`,
              remedy: 'none with input.pairing: latest, the default; else set input.tolerance',
              count: this.#unpaired,
              logTime: this.#firstUnpaired,
            },
          ];
    return [
      ...this.#cameraInvalid.finding((count, text) => ({
        severity: 'error',
        code: 'camera-invalid',
        topic: camera,
        text: `${count} of ${this.#infos} camera infos cannot be used: ${text}`,
        remedy: 'calibrate the camera, or wait for its driver before recording',
      })),
      ...this.#changes.finding((count) => ({
        severity: 'info',
        code: 'camera-changes',
        topic: camera,
        text: `intrinsics change ${count} times`,
        remedy: 'none if the camera was set up again on the way',
      })),
      ...unpaired,
    ];
  }

  #wait(stamp: bigint, logTime: bigint): void {
    this.#waiting.set(stamp, logTime);
    if (this.#waiting.size <= STAMPS) return;
    const [[oldest, time]] = this.#waiting;
    this.#waiting.delete(oldest);
    this.#countUnpaired(time);
  }

  #countUnpaired(logTime: bigint): void {
    this.#unpaired++;
    this.#firstUnpaired ??= logTime;
  }
}
