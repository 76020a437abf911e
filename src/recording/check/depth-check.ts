import type { CameraInfo, CameraModel, ImageOrigin, MessageHeader } from '../../depth/index.js';
import { CameraCache, cameraFit, cameraMismatch, decodeDepthMessage, infoSize, samplesOf } from '../../depth/index.js';
import { depthScale, likelyScale } from '../../detection/index.js';
import { toVoxhandError } from '../../errors/index.js';
import { imageKind } from '../../tracking/index.js';
import type { BusMessage } from '../../transport/port/index.js';
import { nodeInflate } from '../../transport/port/node-inflate.js';
import { type Finding, Tally } from './finding.js';

/** Pixels of the first images and of each so many are looked at: that takes longer than all the rest. */
const FIRST = 3;
const EVERY = 10;
/** Stamps of infos that are remembered, for images that come before or after theirs. */
const STAMPS = 1000;
/** Fewer infos than this are published once and valid for all images. */
const FEW_INFOS = 3;

/** Looks at a depth topic and at the camera info that goes with it best, as a replay chooses it. */
export class DepthCheck {
  readonly #topic: string;
  /** The camera topic and how well it goes with the images. */
  #chosen: (ImageOrigin & { readonly fit: number }) | undefined;
  #origin: ImageOrigin;
  readonly #cameras = new CameraCache({ rectified: true });
  readonly #encoding = new Tally();
  readonly #invalid = new Tally();
  readonly #blank = new Tally();
  readonly #unit = new Tally();
  /** Of the first image that is in a wrong one, metres. */
  #likelyUnit: number | undefined;
  #cameraInvalid = new Tally();
  #changes = new Tally();
  readonly #frames = new Tally();
  readonly #infoStamps = new Set<bigint>();
  /** Images whose info has not come yet. */
  readonly #waiting = new Map<bigint, bigint>();
  #unpaired = 0;
  #firstUnpaired: bigint | undefined;
  #images = 0;
  #looked = 0;
  #infos = 0;
  #camera: CameraModel | undefined;

  /** @param origin of the first image */
  constructor(origin: ImageOrigin) {
    this.#topic = origin.topic;
    this.#origin = origin;
  }

  image({ schemaName, logTime }: BusMessage, decoded: unknown, { stamp, frameId }: MessageHeader): void {
    this.#images++;
    this.#origin = { ...this.#origin, frameId };
    if (imageKind(this.#topic, decoded) === 'unsure') {
      const { encoding, format } = decoded as { encoding?: unknown; format?: unknown };
      this.#encoding.add(logTime, String(encoding ?? format));
      return;
    }
    if (!this.#infoStamps.has(stamp)) this.#wait(stamp, logTime);
    const mismatch = this.#chosen && cameraMismatch(this.#origin, this.#chosen);
    if (mismatch !== undefined) this.#frames.add(logTime, mismatch);
    const camera = this.#camera;
    if (camera === undefined || (this.#looked >= FIRST && this.#images % EVERY !== 0)) return;
    this.#looked++;
    try {
      const frame = decodeDepthMessage(schemaName, decoded, { stamp, frameId, camera }, { inflate: nodeInflate });
      const scale = depthScale(frame);
      if (scale === 'none' && frame.depth.every((z) => z === 0)) this.#blank.add(logTime);
      if (scale === 'near' || scale === 'far') {
        this.#unit.add(logTime, scale === 'near' ? 'nearer than 0.15 m' : 'farther than 8 m');
        this.#likelyUnit ??= Number((likelyScale(frame) * samplesOf(frame).unit).toPrecision(3));
      }
    } catch (thrown) {
      this.#invalid.add(logTime, toVoxhandError(thrown, 'MESSAGE_INVALID').message);
    }
  }

  /** A camera info of any topic; those of the topic that fits best are looked at. */
  info(topic: string, logTime: bigint, decoded: unknown, { stamp, frameId }: MessageHeader): void {
    if (this.#chosen?.topic !== topic) {
      const camera = { topic, frameId, ...infoSize(decoded as CameraInfo) };
      const fit = cameraFit(this.#origin, camera);
      if (this.#chosen !== undefined && fit <= this.#chosen.fit) return;
      this.#choose({ ...camera, fit });
    }
    this.#infos++;
    this.#infoStamps.add(stamp);
    this.#waiting.delete(stamp);
    if (this.#infoStamps.size > STAMPS) {
      const [oldest] = this.#infoStamps;
      this.#infoStamps.delete(oldest);
    }
    if (this.#chosen !== undefined) this.#chosen = { ...this.#chosen, frameId };
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
    const camera = this.#chosen?.topic ?? topic;
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
      ...this.#unit.finding((count, text) => ({
        severity: 'warning',
        code: 'depth-unit',
        topic,
        text: `depth images in which everything is ${text}, ${count} of ${this.#looked} looked at`,
        remedy: `depth seems to be in another unit than its encoding says: try input.depth_unit=${this.#likelyUnit}`,
      })),
      ...this.#cameraFindings(camera),
      ...this.#frames.finding((count, text) => ({
        severity: 'warning',
        code: 'frame-differs',
        topic,
        text: `${count} images: ${text}`,
        remedy:
          'record the camera info of the depth camera, or of the one that depth is aligned to, and set topics.camera_info',
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

  /** Forget what was seen of a camera that fits less. */
  #choose(chosen: ImageOrigin & { readonly fit: number }): void {
    this.#chosen = chosen;
    this.#infos = 0;
    this.#camera = undefined;
    this.#infoStamps.clear();
    this.#cameraInvalid = new Tally();
    this.#changes = new Tally();
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
