import { fromFileKey, setValue, type Tree, VoxhandError } from '../errors/index.js';
import type { Transform } from '../geometry/index.js';
import { placeOf, type RigFile } from '../rig/index.js';
import { type TrackerConfig, type TrackerSettings, trackerConfig } from './config.js';

/** A camera of a rig, by its settings. */
export interface ConfiguredCamera {
  readonly name: string;
  readonly depth: string;
  readonly cameraInfo: string;
  /** From its optical frame into the rig's; undefined where transforms on the bus say it. */
  readonly place: Transform | undefined;
  /** Seconds that are added to its stamps. */
  readonly clockOffset: number;
}

/**
 * The cameras of `cameras`, in their order; none where there is the single camera of `topics.depth`.
 *
 * @throws VoxhandError `CONFIG_INVALID` for half a place, a rotation that is none, or two cameras with one topic
 */
export function configuredCameras({ cameras }: Pick<TrackerConfig, 'cameras'>): ConfiguredCamera[] {
  const configured = Object.entries(cameras).map(([name, camera]): ConfiguredCamera => {
    const { depth, cameraInfo, translation, rotation, clockOffset = 0 } = camera;
    if ((translation === undefined) !== (rotation === undefined)) {
      throw new VoxhandError('CONFIG_INVALID', 'half a place of a camera', {
        expected: 'translation and rotation, or neither',
        found: translation === undefined ? 'rotation alone' : 'translation alone',
        where: `cameras.${name}`,
      });
    }
    const place = translation && rotation && placeOf(translation, rotation, `cameras.${name}`);
    return { name, depth, cameraInfo, place, clockOffset };
  });
  for (const key of ['depth', 'cameraInfo'] as const) {
    const twice = configured.find((one, i) => configured.findIndex((other) => other[key] === one[key]) < i);
    if (twice === undefined) continue;
    throw new VoxhandError('CONFIG_INVALID', 'two cameras of a rig have one topic', {
      expected: 'a topic of its own for each camera',
      found: twice[key],
      where: `cameras.${twice.name}.${key === 'depth' ? 'depth' : 'camera_info'}`,
    });
  }
  return configured;
}

/** Settings of a camera that a user named, as a ROS 2 parameter: `cameras.left.depth`. */
const CAMERA_PARAMETER = /^cameras\.([^.]+)\.([a-z_]+)$/;

export function isCameraParameter(name: string): boolean {
  return CAMERA_PARAMETER.test(name);
}

/**
 * The configuration with what ROS 2 parameters say of cameras, which are not declared: nobody knows their names beforehand. Other parameters
 * are left out.
 *
 * @throws VoxhandError `CONFIG_INVALID`
 */
export function withCameraParameters(config: TrackerConfig, parameters: ReadonlyMap<string, unknown>): TrackerConfig {
  const settings = structuredClone(config) as unknown as Tree;
  let any = false;
  for (const [name, value] of parameters) {
    const [, camera, key] = CAMERA_PARAMETER.exec(name) ?? [];
    if (camera === undefined || key === undefined) continue;
    any = true;
    const isList = Array.isArray(value) || (ArrayBuffer.isView(value) && !(value instanceof DataView));
    setValue(settings, ['cameras', camera, fromFileKey(key)], isList ? Array.from(value as ArrayLike<number>) : value);
  }
  return any ? trackerConfig(settings as TrackerSettings, 'parameters') : config;
}

/**
 * The configuration of the camera role of a rig: that of its own camera, which `distribution.camera` names. Without `cameras` as it is.
 *
 * @throws VoxhandError `CONFIG_INVALID` where that is none of the rig's
 */
export function ownCamera(config: TrackerConfig): TrackerConfig {
  const { cameras, topics, distribution } = config;
  const names = Object.keys(cameras);
  if (names.length === 0) return config;
  if (!Object.hasOwn(cameras, distribution.camera)) {
    throw new VoxhandError('CONFIG_INVALID', 'the camera of this role is not one of the rig', {
      expected: names.join(' or '),
      found: distribution.camera,
      where: 'distribution.camera',
    });
  }
  const { depth, cameraInfo } = cameras[distribution.camera];
  return { ...config, topics: { ...topics, depth, cameraInfo }, cameras: {} };
}

/** The depth and camera info topics that are read: of the cameras of a rig, or of the single camera; a camera role has one. */
export function inputTopics({
  cameras,
  topics,
  distribution,
}: Pick<TrackerConfig, 'cameras' | 'topics' | 'distribution'>) {
  const all = distribution.role === 'camera' ? [] : Object.values(cameras);
  const pairs = all.length > 0 ? all : [topics];
  return { depth: pairs.map(({ depth }) => depth), cameraInfo: pairs.map(({ cameraInfo }) => cameraInfo) };
}

/**
 * The configuration with the places and clock offsets of a rig file, where it does not say them itself, and with the file's frame where
 * `rig.frame` is empty.
 *
 * @throws VoxhandError `CONFIG_INVALID` where `rig.frame` is another frame than the file's: its places would be of something else
 */
export function withRig(config: TrackerConfig, { frame, cameras: places }: RigFile, where: string): TrackerConfig {
  const { rig } = config;
  if (rig.frame !== '' && rig.frame !== frame) {
    throw new VoxhandError('CONFIG_INVALID', 'the rig file is of another frame', {
      expected: `rig.frame ${JSON.stringify(rig.frame)}`,
      found: JSON.stringify(frame),
      where,
    });
  }
  const cameras = Object.entries(config.cameras).map(([name, camera]) => {
    const { place, clockOffset } = places.get(name) ?? {};
    const said = place && { translation: [...place.translation], rotation: [...place.rotation] };
    const own = camera.translation === undefined ? said : {};
    return [name, { ...camera, ...own, clockOffset: camera.clockOffset ?? clockOffset }];
  });
  return { ...config, rig: { ...rig, frame }, cameras: Object.fromEntries(cameras) };
}
