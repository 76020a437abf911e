import { z } from 'zod';
import { defaultReferenceConfig } from '../detection/geometric/reference-config.js';
import { settingProblems, VoxhandError } from '../errors/index.js';
import { DECODERS } from '../heatmaps/index.js';
import { PROVIDERS } from '../inference/inference.js';
import { SMOOTHING_STAGES } from '../smoothing/index.js';

/** Quality of service by name: `sensor_data` is best effort, `reliable` is sent again until it arrives. */
export const QOS_PROFILES = ['sensor_data', 'reliable'] as const;
/** `transient_local` publishers give their last messages to those that come later. */
export const DURABILITIES = ['volatile', 'transient_local'] as const;
/** Which part of the pipeline a process runs: all of it, up to the voxels, or from the voxels on. */
export const ROLES = ['whole', 'camera', 'inference'] as const;

const metres = (fallback: number) => z.number().positive().max(10).default(fallback);
const share = (fallback: number) => z.number().min(0).max(1).default(fallback);
const topic = (fallback: string) =>
  z
    .string()
    .regex(/^\/?[A-Za-z0-9_~][A-Za-z0-9_~/]*$/, 'a topic name: letters, digits, _ and /')
    .default(fallback);
const profile = (
  name: (typeof QOS_PROFILES)[number],
  { depth = 10, durability = 'volatile' }: { depth?: number; durability?: (typeof DURABILITIES)[number] } = {},
) =>
  z
    .strictObject({
      profile: z.enum(QOS_PROFILES).default(name),
      /** Messages that wait, at most. */
      depth: z.int().min(1).max(1000).default(depth),
      durability: z.enum(DURABILITIES).default(durability),
    })
    .prefault({});
const range = z
  .array(z.number())
  .length(2)
  .refine(([low, high]) => low < high, 'two numbers, the lower first');

const reference = defaultReferenceConfig;

/** The one description of everything that can be set. Every default is here or in the room that it belongs to. */
export const trackerConfigSchema = z.strictObject({
  /** What happens to frames that come faster than they are worked on: see `FramePolicy`. */
  policy: z.enum(['latest', 'every']).default('latest'),
  /** Frames that may wait under `every` in front of a source that cannot be held up. */
  queueSize: z.int().min(1).max(10_000).default(64),
  /** In front of every topic that does not begin with `/` or `~`; a ROS 2 node's own namespace takes its place. */
  namespace: z
    .string()
    .regex(/^(\/?[A-Za-z_][A-Za-z0-9_]*(\/[A-Za-z_][A-Za-z0-9_]*)*)?$/, 'a namespace: names joined by /')
    .default(''),
  topics: z
    .strictObject({
      depth: topic('depth/image_rect_raw'),
      cameraInfo: topic('depth/camera_info'),
      tf: topic('/tf'),
      tfStatic: topic('/tf_static'),
      joints: topic('hand/joints'),
      poses: topic('hand/poses'),
      markers: topic('hand/markers'),
      scene: topic('hand/scene'),
      reference: topic('hand/reference'),
      gestures: topic('hand/gestures'),
      /** Occupied cells of the cube, between a camera and an inference role. */
      voxels: topic('hand/voxels'),
      /** What the inference role read in those cells, back to the camera role. */
      feedback: topic('hand/feedback'),
      diagnostics: topic('/diagnostics'),
    })
    .prefault({}),
  /** Quality of service on ROS 2, topic by topic. */
  qos: z
    .strictObject({
      // the newest image waits in the process; what the middleware replaces before is never counted, so it has room
      depth: profile('sensor_data'),
      cameraInfo: profile('sensor_data'),
      joints: profile('reliable'),
      poses: profile('reliable'),
      markers: profile('reliable'),
      scene: profile('reliable'),
      reference: profile('reliable'),
      gestures: profile('reliable'),
      /** All cameras of an inference role send on one topic. */
      voxels: profile('reliable', { depth: 16 }),
      feedback: profile('reliable'),
      diagnostics: profile('reliable'),
    })
    .prefault({}),
  input: z
    .strictObject({
      /** Metres a unit of 16-bit depth. */
      depthUnit: z.number().positive().max(0.1).default(0.001),
      /** The images are rectified already: the lens's distortion is not applied again. */
      rectified: z.boolean().default(true),
      /** How depth and camera info are paired. */
      pairing: z.enum(['latest', 'stamp']).default('latest'),
      /** For pairing by stamp, seconds. */
      tolerance: z.number().min(0).max(1).default(0.01),
      /** Images with more pixels are refused. */
      maxPixels: z
        .int()
        .min(1)
        .max(1e8)
        .default(4096 * 4096),
    })
    .prefault({}),
  /** The hand that is tracked; `auto`: whichever it is, which only the learned detector can tell (`right` with the geometric one). */
  handedness: z.enum(['auto', 'right', 'left']).default('auto'),
  /** How hands are found in a frame. */
  detection: z
    .strictObject({
      /** `learned`: by two small networks; `geometric`: by the shape of surfaces, see `reference`. */
      method: z.enum(['learned', 'geometric']).default('learned'),
      /** A packaged model's name, or a path to a folder with a manifest. */
      model: z.string().min(1).default('detector'),
      /** The second stage's network, which looks closely at what the detector found; `none`: the detector's word is taken. */
      verifyModel: z.string().min(1).default('none'),
      /** Frames between two looks of the detector while a hand is tracked; 0: only in doubt. */
      every: z.int().min(0).max(1000).default(6),
      /** Peaks of the detector with a lower score are none. */
      minScore: share(0.3),
      /** Candidates that the second stage is shown on acquisition, the surest first. */
      candidates: z.int().min(1).max(16).default(3),
      /** Both stages together must be this sure of a hand that is not tracked yet. */
      acquire: share(0.4),
      /** And this sure of one that is, where its joints are in doubt. */
      keep: share(0.3),
      /** Joints with a lower presence score than this make the detector look again. */
      doubt: share(0.6),
      /** A hand that is not tracked yet needs this presence score. */
      acquirePresence: share(0.5),
      /** A hand that is tracked and whose presence score falls below this is lost. */
      keepPresence: share(0.3),
    })
    .prefault({}),
  reference: z
    .strictObject({
      zone: z
        .strictObject({ z: range.default([...reference.zone.z]), x: range.optional(), y: range.optional() })
        .prefault({}),
      gridCells: z.int().min(16).max(2048).default(reference.gridCells),
      depthJump: metres(reference.depthJump),
      minHandArea: z.number().min(0).max(0.1).default(reference.minHandArea),
      handRadius: metres(reference.handRadius),
      comRadius: metres(reference.comRadius),
      comTolerance: metres(reference.comTolerance),
      removePlane: z.boolean().default(reference.removePlane),
      acquireScore: share(reference.acquireScore),
      keepScore: share(reference.keepScore),
      trackRadius: metres(reference.trackRadius),
      windowRadius: metres(reference.windowRadius),
      recheckFrames: z.int().min(0).default(reference.recheckFrames),
      switchMargin: share(reference.switchMargin),
      maxGap: z.number().positive().max(60).default(reference.maxGap),
      prediction: share(reference.prediction),
      minFeedbackConfidence: share(reference.minFeedbackConfidence),
      /** Second stage: a network moves the point to the hand's centre of mass, or to the root of its middle finger. */
      refine: z.enum(['none', 'com', 'rom']).default('none'),
      /** A packaged model's name, or a path to a folder with a manifest; by default `refine-com` or `refine-rom`. */
      refineModel: z.string().min(1).optional(),
      /** A network that moves the point farther is not believed, and the point stays where it was. */
      maxRefinement: metres(0.08),
    })
    .prefault({}),
  inference: z
    .strictObject({
      /** A packaged model's name, or a path to a folder with a manifest. */
      model: z.string().min(1).default('compact'),
      provider: z.enum(PROVIDERS).default('cpu'),
      /** `strict`: fail where the provider cannot run the model; `fallback`: use the CPU and say so. */
      policy: z.enum(['strict', 'fallback']).default('strict'),
      threads: z.int().min(1).max(64).default(1),
      warmUp: z.int().min(0).max(100).default(1),
      /** Further cubes around the same point, whose joints are averaged with those of the network's own cube. */
      variants: z
        .strictObject({
          /** Their edges, metres. */
          edges: z.array(z.number().positive().max(2)).max(8).default([]),
          /** By how much each is turned further about the optical axis; none where this is empty. */
          rollDegrees: z.array(z.number().min(-180).max(180)).max(8).default([]),
        })
        .refine(({ edges, rollDegrees }) => rollDegrees.length === 0 || rollDegrees.length === edges.length, {
          message: 'as many as there are edges, or none',
          path: ['rollDegrees'],
        })
        .prefault({}),
    })
    .prefault({}),
  heatMaps: z
    .strictObject({
      decoder: z.enum(DECODERS).default('gauss'),
      /** Cells that `nbest` averages, for each member of an ensemble. */
      n: z.int().min(1).max(1000).default(20),
      /**
       * A hand that is tracked and whose joints' mean confidence falls below this is lost; where a presence score was fitted, that
       * decides in its place (`detection.keep_presence`).
       */
      minConfidence: share(0.4),
      /** A hand that is not tracked yet must be this sure; see `minConfidence`. */
      acquireConfidence: share(0.5),
    })
    .prefault({}),
  smoothing: z
    .strictObject({
      /** Which stages run, in which order. */
      stages: z.array(z.enum(SMOOTHING_STAGES)).default(['gate', 'prior', 'oneEuro']),
      gate: z
        .strictObject({
          /** A hand that moves faster is an outlier as a whole, m/s. */
          maxHandSpeed: z.number().positive().max(100).default(5),
          /** A joint that moves faster than its hand by this is an outlier, m/s. */
          maxJointSpeed: z.number().positive().max(100).default(3),
          /** A bone whose length jumps by more makes an outlier of its outer joint, metres. */
          maxBoneChange: z.number().positive().max(1).default(0.025),
          /** Frames in a row in which an outlier is replaced; then it is believed. */
          maxFrames: z.int().min(0).max(60).default(3),
        })
        .prefault({}),
      prior: z
        .strictObject({
          /** A packaged prior's name, or a path to a file by `voxhand fit-prior`. */
          file: z.string().min(1).default('hand'),
          method: z.enum(['project', 'weighted']).default('weighted'),
          blend: share(1),
          components: z.int().min(1).max(63).optional(),
          noise: z.number().min(1e-6).max(1).default(0.005),
        })
        .prefault({}),
      window: z
        .strictObject({
          mode: z.enum(['centred', 'causal']).default('centred'),
          k: z.int().min(0).max(60).default(1),
          method: z.enum(['mean', 'median']).default('mean'),
        })
        .prefault({}),
      oneEuro: z
        .strictObject({
          /** Cut-off at rest, Hz. */
          minCutoff: z.number().min(1e-3).max(1e3).default(2),
          /** Hz of cut-off for each m/s. */
          beta: z.number().min(0).max(1e5).default(150),
          derivativeCutoff: z.number().min(1e-3).max(1e3).default(1),
        })
        .prefault({}),
    })
    .prefault({}),
  output: z
    .strictObject({
      /** Also publish what each decoder reads off the heat maps, before smoothing, on `<joints>/raw/<decoder>`. */
      rawJoints: z.boolean().default(false),
      poses: z.boolean().default(true),
      markers: z.boolean().default(true),
      scene: z.boolean().default(true),
      reference: z.boolean().default(true),
      /** Publish only what somebody listens to. Joints are always worked out; a recording wants everything. */
      lazy: z.boolean().default(true),
      /** A live node subscribes to the camera only while somebody listens to one of its outputs. */
      onDemand: z.boolean().default(false),
      /** Frame to publish in, by /tf; empty for the camera's own. */
      targetFrame: z.string().max(256).default(''),
      /** One TF frame for each hand, at the wrist, turned as the palm is. */
      handFrames: z.boolean().default(false),
    })
    .prefault({}),
  transforms: z
    .strictObject({
      /** Transforms older than this are forgotten, seconds. */
      buffer: z.number().positive().max(600).default(10),
      /** A moving transform may be this much older than the frame before it counts as missing, seconds. */
      tolerance: z.number().min(0).max(10).default(0.1),
    })
    .prefault({}),
  diagnostics: z
    .strictObject({
      enabled: z.boolean().default(true),
      /** Seconds between two reports. */
      period: z.number().min(0.1).max(60).default(1),
      /** No frame for this long is explained, seconds. */
      silenceAfter: z.number().min(0.1).max(600).default(2),
      /** A median age at publish beyond this is a warning, seconds. */
      warnAge: z.number().positive().max(60).default(0.3),
      /** A share of dropped frames beyond this is a warning; frames replaced by newer ones do not count. */
      warnDropped: share(0.1),
    })
    .prefault({}),
  /** For a pipeline that is cut after the voxels: see docs/ros2.md. */
  distribution: z
    .strictObject({
      role: z.enum(ROLES).default('whole'),
      /** Told apart at the inference role by this name; at most 32 letters, digits and _. */
      camera: z
        .string()
        .regex(/^[A-Za-z0-9_]{1,32}$/, '1 to 32 letters, digits and _')
        .default('camera'),
      /** The camera role waits this long for an answer before it goes on without, seconds. */
      replyTimeout: z.number().positive().max(10).default(0.25),
      /** The inference role waits this long for further cameras' cells before it infers, seconds. */
      batchDeadline: z.number().min(0).max(1).default(0.005),
      /** Cameras that one inference role serves. */
      maxCameras: z.int().min(1).max(64).default(8),
    })
    .prefault({}),
});

/** All settings of a tracker. Frozen; metres, seconds and radians where a name does not carry another unit. */
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
  const parsed = trackerConfigSchema.safeParse(settings);
  if (parsed.success) return withAbsoluteTopics(parsed.data);
  throw new VoxhandError('CONFIG_INVALID', settingProblems(parsed.error.issues).join('; '), { where });
}

/** The same topics with the namespace in front of those that stand in it. */
function withAbsoluteTopics(config: TrackerConfig): TrackerConfig {
  const prefix = namespacePrefix(config.namespace);
  const absolute = (name: string) => (/^[/~]/.test(name) ? name : `${prefix}${name}`);
  const topics = Object.entries(config.topics).map(([key, name]) => [key, absolute(name)]);
  return { ...config, topics: Object.fromEntries(topics) };
}

/** `''` becomes `/`, `cell` and `/cell` become `/cell/`. */
export function namespacePrefix(namespace: string): string {
  const names = namespace.replace(/^\//, '');
  return names === '' ? '/' : `/${names}/`;
}
