import type { Channel } from '../../transport/foxglove/protocol/index.js';
import { candidatesFor, type Roles } from './roles.js';

/** A depth camera: its images and its calibration. */
export interface CameraChannels {
  /** What tells its topics from those of the other cameras: `left`. */
  readonly name: string;
  readonly depth: Channel;
  readonly camera: Channel;
}

/** More cameras than this are not shown. */
const MOST_CAMERAS = 6;

/** The depth image without the transport that it comes by. */
const imageOf = ({ topic }: Channel) => topic.replace(/\/compressedDepth$/, '');
const folderOf = (topic: string) => topic.slice(0, topic.lastIndexOf('/') + 1);

/** Every depth camera that has a calibration, by its topic; first the one that plays the role of the depth camera, whose calibration may lie elsewhere. */
export function assignCameras(channels: Iterable<Channel>, roles: Roles): CameraChannels[] {
  const all = [...channels];
  const main = roles.get('depth');
  if (main === undefined) return [];
  const best = new Map<string, Channel>([[imageOf(main), main]]);
  for (const depth of candidatesFor('depth', all)) {
    if (!best.has(imageOf(depth))) best.set(imageOf(depth), depth);
  }
  const infos = candidatesFor('camera', all);
  const found = [...best].flatMap(([image, depth]) => {
    const beside = infos.find(({ topic }) => folderOf(topic) === folderOf(image));
    const camera = beside ?? (depth === main ? roles.get('camera') : undefined);
    return camera === undefined ? [] : [{ image, depth, camera }];
  });
  const [first, ...others] = found.slice(0, MOST_CAMERAS);
  if (first === undefined) return [];
  others.sort((a, b) => (a.image < b.image ? -1 : 1));
  const shown = [first, ...others];
  const parts = shown.map(({ image }) => image.split('/'));
  return shown.map(({ depth, camera }, i) => {
    const own = parts[i].filter((part, k) => parts.some((other) => other[k] !== part));
    return { name: own.join(' ') || 'camera', depth, camera };
  });
}
