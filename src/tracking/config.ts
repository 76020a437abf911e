import { z } from 'zod';
import { detectionSettings, referenceSettings } from '../detection/index.js';
import { toFileKey } from '../errors/file-keys.js';
import { fixed, live, metres, parseSettings, share } from '../errors/setting.js';
import { heatMapSettings } from '../heatmaps/index.js';
import { inferenceSettings } from '../inference/inference-settings.js';
import { kinematicsSettings } from '../kinematics/index.js';
import { camerasSettings, rigSettings } from '../rig/index.js';
import { smoothingSettings } from '../smoothing/index.js';
import { OUTPUT_TOPICS, type OutputTopic, type SwitchedKey } from './output-topics.js';

/** Quality of service by name: `sensor_data` is best effort, `reliable` is sent again until it arrives. */
export const QOS_PROFILES = ['sensor_data', 'reliable'] as const;
/** `transient_local` publishers give their last messages to those that come later. */
export const DURABILITIES = ['volatile', 'transient_local'] as const;
/** Which part of the pipeline a process runs: all of it, up to the voxels, or from the voxels on. */
export const ROLES = ['whole', 'camera', 'inference'] as const;

const topic = (description: string, fallback: string) =>
  fixed(
    description,
    z
      .string()
      .regex(/^\/?[A-Za-z0-9_~][A-Za-z0-9_~/]*$/, 'a topic name: letters, digits, _ and /')
      .default(fallback),
  );

/** One setting for each topic of `OUTPUT_TOPICS`, under the same key. */
const ofOutputs = <T>(make: (topic: OutputTopic) => T) =>
  Object.fromEntries(Object.entries<OutputTopic>(OUTPUT_TOPICS).map(([key, topic]) => [key, make(topic)])) as Record<
    keyof typeof OUTPUT_TOPICS,
    T
  >;

const topics = z.strictObject({
  depth: topic(
    'Depth images in: sensor_msgs/Image, CompressedImage as compressedDepth, or PointCloud2.',
    'depth/image_rect_raw',
  ),
  cameraInfo: topic('Intrinsics of the depth camera in: sensor_msgs/CameraInfo.', 'depth/camera_info'),
  tf: topic('Moving transforms in, where output.target_frame is set.', '/tf'),
  tfStatic: topic('Static transforms in.', '/tf_static'),
  ...ofOutputs(({ about, name }) => topic(about, name)),
});

const profile = (name: (typeof QOS_PROFILES)[number], depth = 10) =>
  z
    .strictObject({
      profile: fixed(
        'Reliability on ROS 2: sensor_data is best effort, reliable is sent again until it arrives.',
        z.enum(QOS_PROFILES).default(name),
      ),
      depth: fixed('Messages that wait, at most.', z.int().min(1).max(1000).default(depth)),
      durability: fixed(
        'transient_local publishers give their last messages to subscribers that come later.',
        z.enum(DURABILITIES).default('volatile'),
      ),
    })
    .prefault({});

const qos = z.strictObject({
  // the newest image waits in the process; what the middleware replaces before is never counted, so it has room
  depth: profile('sensor_data'),
  cameraInfo: profile('sensor_data'),
  ...ofOutputs(({ queue }) => profile('reliable', queue)),
});

const input = z.strictObject({
  depthUnit: fixed(
    'Metres per unit of 16-bit depth. Where it seems to be wrong, frames without a hand are counted as depth-unit.',
    z.number().positive().max(0.1).default(0.001),
    'm',
  ),
  rectified: fixed(
    "The images are rectified already; false: the lens's distortion is applied.",
    z.boolean().default(true),
  ),
  pairing: fixed(
    'How depth and camera info are paired: with the latest info, or by equal stamps.',
    z.enum(['latest', 'stamp']).default('latest'),
  ),
  tolerance: fixed(
    'For pairing by stamp: stamps may differ by this much.',
    z.number().min(0).max(1).default(0.01),
    's',
  ),
  maxPixels: fixed(
    'Images with more pixels are refused.',
    z
      .int()
      .min(1)
      .max(1e8)
      .default(4096 * 4096),
  ),
});

const refinement = {
  refine: fixed(
    "Second stage of the geometric finder: a network moves the point to the hand's centre of mass (com), or to the root of its middle finger (rom).",
    z.enum(['none', 'com', 'rom']).default('none'),
  ),
  refineModel: fixed(
    'Network of the second stage: a name or a path as for inference.model; not set: refine-com or refine-rom.',
    z.string().min(1).optional(),
  ),
  maxRefinement: live('A second stage that moves the point farther is ignored.', metres(0.08), 'm'),
};

/** For each topic that can be switched off. */
const switches = Object.fromEntries(
  Object.entries<OutputTopic>(OUTPUT_TOPICS).flatMap(([key, { output }]) =>
    output === undefined ? [] : [[key, live(`Publish on topics.${toFileKey(key)}.`, z.boolean().default(output))]],
  ),
) as Record<SwitchedKey, z.ZodDefault<z.ZodBoolean>>;

const output = z.strictObject({
  rawJoints: live(
    'Also publish the joints of each decoder before smoothing, on <joints>/raw/<decoder>.',
    z.boolean().default(false),
  ),
  ...switches,
  lazy: live(
    'Build and publish only what has subscribers. Joints are always computed; a recording gets everything.',
    z.boolean().default(true),
  ),
  onDemand: fixed(
    'A live node subscribes to the camera only while one of its outputs has a subscriber.',
    z.boolean().default(false),
  ),
  targetFrame: live("Frame to publish in, by /tf; empty: the camera's own.", z.string().max(256).default('')),
  handFrames: live(
    'Publish one TF frame for each hand, at the wrist, turned as the palm is.',
    z.boolean().default(false),
  ),
});

const gestures = z.strictObject({
  profile: fixed(
    'File (YAML) that says which gestures, surfaces and enabling gestures are recognised; empty: none. See docs/gestures.md.',
    z.string().max(4096).default(''),
  ),
});

const transforms = z.strictObject({
  buffer: fixed('Older transforms are forgotten.', z.number().positive().max(600).default(10), 's'),
  tolerance: fixed(
    'A moving transform may be this much older than the frame before it counts as missing.',
    z.number().min(0).max(10).default(0.1),
    's',
  ),
});

const diagnostics = z.strictObject({
  enabled: live('Publish diagnostics.', z.boolean().default(true)),
  period: live('Time between two reports.', z.number().min(0.1).max(60).default(1), 's'),
  silenceAfter: live(
    'After this time without a frame the reason is reported.',
    z.number().min(0.1).max(600).default(2),
    's',
  ),
  warnAge: live(
    'A higher median age of the results at publication is a warning.',
    z.number().positive().max(60).default(0.3),
    's',
  ),
  warnDropped: live(
    'A higher share of dropped frames is a warning; frames replaced by newer ones do not count.',
    share(0.1),
  ),
});

const distribution = z.strictObject({
  role: fixed(
    'Which part of the pipeline this process runs: all of it, up to the voxels (camera), or from the voxels on (inference).',
    z.enum(ROLES).default('whole'),
  ),
  camera: fixed(
    'Name of the camera at an inference role; letters, digits and _, at most 32.',
    z
      .string()
      .regex(/^[A-Za-z0-9_]{1,32}$/, '1 to 32 letters, digits and _')
      .default('camera'),
  ),
  replyTimeout: fixed(
    'A camera role waits this long for an answer before it goes on without.',
    z.number().positive().max(10).default(0.25),
    's',
  ),
  batchDeadline: fixed(
    'An inference role waits this long for the voxels of further cameras.',
    z.number().min(0).max(1).default(0.005),
    's',
  ),
  maxCameras: fixed('Cameras that one inference role serves.', z.int().min(1).max(64).default(8)),
});

/**
 * Everything that can be set, in one schema, put together from those beside the modules. Parameter files, ROS 2 descriptors and the
 * tables in docs/configuration.md are generated from it: `npm run params`.
 */
export const trackerConfigSchema = z.strictObject({
  policy: fixed(
    'What happens to frames that arrive faster than they are processed. latest: the newest one waits and replaces the one before; every: none is skipped.',
    z.enum(['latest', 'every']).default('latest'),
  ),
  queueSize: fixed(
    'Frames that may wait under the policy every where the source cannot be held back.',
    z.int().min(1).max(10_000).default(64),
  ),
  namespace: fixed(
    "In front of every topic that does not begin with / or ~; on ROS 2 the node's own namespace takes its place.",
    z
      .string()
      .regex(/^(\/?[A-Za-z_][A-Za-z0-9_]*(\/[A-Za-z_][A-Za-z0-9_]*)*)?$/, 'a namespace: names joined by /')
      .default(''),
  ),
  topics: topics.prefault({}),
  qos: qos.prefault({}),
  cameras: camerasSettings.default({}),
  rig: rigSettings.prefault({}),
  input: input.prefault({}),
  handedness: live(
    'The hand that is tracked; auto: either, as the learned detector tells (the right one with the geometric finder).',
    z.enum(['auto', 'right', 'left']).default('auto'),
  ),
  detection: detectionSettings.prefault({}),
  reference: referenceSettings.extend(refinement).prefault({}),
  inference: inferenceSettings.prefault({}),
  heatMaps: heatMapSettings.prefault({}),
  kinematics: kinematicsSettings.prefault({}),
  smoothing: smoothingSettings.prefault({}),
  output: output.prefault({}),
  gestures: gestures.prefault({}),
  transforms: transforms.prefault({}),
  diagnostics: diagnostics.prefault({}),
  distribution: distribution.prefault({}),
});

/** All settings of a tracker: metres, seconds and radians where a name does not carry another unit. */
export type TrackerConfig = z.output<typeof trackerConfigSchema>;

/** Settings as a user writes them: whatever is left out has its default. */
export type TrackerSettings = z.input<typeof trackerConfigSchema>;

/**
 * Settings with every default filled in.
 *
 * @throws VoxhandError `CONFIG_INVALID` that names each key that is unknown or out of range, in the spelling of a
 * configuration file, with what would have been right.
 *
 * @example
 * ```ts
 * const config = trackerConfig({ policy: 'every', heatMaps: { decoder: 'smax' } });
 * ```
 */
export function trackerConfig(settings: TrackerSettings = {}, where = 'configuration'): TrackerConfig {
  return withAbsoluteTopics(parseSettings(trackerConfigSchema, settings, where));
}

/** The same topics with the namespace in front of those that stand in it. */
function withAbsoluteTopics(config: TrackerConfig): TrackerConfig {
  const prefix = namespacePrefix(config.namespace);
  const absolute = (name: string) => (/^[/~]/.test(name) ? name : `${prefix}${name}`);
  const topics = Object.entries(config.topics).map(([key, name]) => [key, absolute(name)]);
  const cameras = Object.entries(config.cameras).map(([name, camera]) => {
    return [name, { ...camera, depth: absolute(camera.depth), cameraInfo: absolute(camera.cameraInfo) }];
  });
  return withFirstCamera({ ...config, topics: Object.fromEntries(topics), cameras: Object.fromEntries(cameras) });
}

/** Of a rig, `topics.depth` and `topics.camera_info` are those of its first camera; of a camera role of the one that it is. */
export function withFirstCamera(config: TrackerConfig): TrackerConfig {
  const { role, camera } = config.distribution;
  const own = role === 'camera' && Object.hasOwn(config.cameras, camera) ? config.cameras[camera] : undefined;
  const first = own ?? Object.values(config.cameras)[0];
  if (first === undefined) return config;
  const { depth, cameraInfo } = first;
  return { ...config, topics: { ...config.topics, depth, cameraInfo } };
}

/** `''` becomes `/`, `cell` and `/cell` become `/cell/`. */
export function namespacePrefix(namespace: string): string {
  const names = namespace.replace(/^\//, '');
  return names === '' ? '/' : `/${names}/`;
}
