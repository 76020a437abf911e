import type { CameraInfo } from './camera-info.js';

/** Where an image comes from, as far as its messages say it. */
export interface ImageOrigin {
  readonly topic: string;
  /** Empty where the driver leaves it out. */
  readonly frameId: string;
  /** Undefined where it is not known before decoding. */
  readonly width?: number | undefined;
  readonly height?: number | undefined;
}

/**
 * How well a camera info goes with a depth image: first by `frame_id`, then by namespace, then by size. More is better; 0 where
 * nothing speaks for it.
 *
 * An image aligned to another camera has that camera's frame: `/camera/aligned_depth_to_color/image_raw` goes with the info beside it,
 * not with that of `/camera/depth`.
 */
export function cameraFit(depth: ImageOrigin, camera: ImageOrigin): number {
  const frames = sameFrame(depth, camera) === true ? 4 : 0;
  const [own, other] = [namespaceOf(depth.topic), namespaceOf(camera.topic)];
  const names = own === other ? 2 : isWithin(own, other) ? 1 : 0;
  return frames + names + (sameSize(depth, camera) === true ? 0.5 : 0);
}

/** Why a camera info seems to be of another camera than a depth image; undefined where it may be its own. */
export function cameraMismatch(depth: ImageOrigin, camera: ImageOrigin): string | undefined {
  const same = sameFrame(depth, camera);
  if (same === true) return undefined;
  const namespaces = [namespaceOf(depth.topic), namespaceOf(camera.topic)] as const;
  if (same === undefined && (isWithin(...namespaces) || isWithin(namespaces[1], namespaces[0]))) return undefined;
  const [found, wanted] = [camera, depth].map(({ topic, frameId }) => `${topic} (frame ${frameId || 'not named'})`);
  return `the camera info of ${found} may be of another camera than the images of ${wanted}: positions would be wrong`;
}

/** The size that a camera info is about, before it is checked. */
export function infoSize({ width, height, roi, binning_x, binning_y }: CameraInfo): {
  readonly width: number;
  readonly height: number;
} {
  const { width: w = 0, height: h = 0 } = roi ?? {};
  return {
    width: Math.floor((w || width) / (binning_x || 1)),
    height: Math.floor((h || height) / (binning_y || 1)),
  };
}

/** Of an image topic, without what its transport adds. */
export function namespaceOf(topic: string): string {
  return rawTopicOf(topic).replace(/[/]?[^/]*$/, '');
}

/** The topic that a transport of image_transport belongs to: `/a/image/compressedDepth` is one of `/a/image`. */
export function rawTopicOf(topic: string): string {
  return topic.replace(/[/](compressedDepth|compressed|theora|zstd|ffmpeg|foxglove)$/, '');
}

function isWithin(namespace: string, outer: string): boolean {
  return outer !== '' && `${namespace}/`.startsWith(`${outer}/`);
}

/** Undefined where one of them names none. */
function sameFrame(depth: ImageOrigin, camera: ImageOrigin): boolean | undefined {
  const [a, b] = [depth, camera].map(({ frameId }) => frameId.replace(/^[/]/, ''));
  return a === '' || b === '' ? undefined : a === b;
}

function sameSize(depth: ImageOrigin, camera: ImageOrigin): boolean | undefined {
  if (depth.width === undefined || camera.width === undefined) return undefined;
  return depth.width === camera.width && depth.height === camera.height;
}
