import {
  type CameraInfo,
  cameraFit,
  headerOf,
  type ImageOrigin,
  infoSize,
  namespaceOf,
  rawTopicOf,
} from '../depth/index.js';
import { toVoxhandError, VoxhandError } from '../errors/index.js';
import { recordedCodec } from '../messages/index.js';
import type { BusMessage, BusSource, TopicInfo } from '../transport/port/index.js';
import { type TrackerConfig, trackerConfig, withFirstCamera } from './config.js';
import { firstMessage, isCameraSchema, isCloudSchema, isDepthSchema } from './depth-frames.js';

/** Topics whose first message is looked at, at most. */
const MOST_LOOKED_AT = 64;

/** What an image topic shows, by its messages. */
export type ImageKind = 'depth' | 'other' | 'unsure';

/** What the first message of a topic tells. */
export interface FirstSight extends Omit<ImageOrigin, 'topic'> {
  /** Of images. */
  readonly kind?: ImageKind;
  /** `16UC1`, `rgb8; jpeg compressed bgr8`, or why the message cannot be read. */
  readonly said?: string;
}

const DEPTH_WORDS = /16UC1|mono16|32FC1|compressedDepth/i;

/** Whether a message of an image topic is depth: by its encoding, and where that is no depth encoding by the topic's name. */
export function imageKind(topic: string, decoded: unknown): ImageKind {
  if (DEPTH_WORDS.test(encodingOf(decoded))) return 'depth';
  return /depth/i.test(topic) ? 'unsure' : 'other';
}

function encodingOf(decoded: unknown): string {
  const { encoding, format } = decoded as { encoding?: unknown; format?: unknown };
  return String(encoding ?? format ?? '');
}

/**
 * The configuration with the depth and camera topics that this recording really has, by the first messages of those that could be
 * meant: see {@link withInputTopics}.
 *
 * @throws VoxhandError as {@link withInputTopics}
 */
export async function findInputTopics(
  config: TrackerConfig,
  recording: BusSource,
  where: string,
): Promise<TrackerConfig> {
  const topics = recording.topics();
  if (Object.keys(config.cameras).length > 0) return withRigTopics(config, topics, where);
  const seen = new Map<string, FirstSight>();
  const inputs = topics.filter(({ schemaName }) => isDepthSchema(schemaName) || isCameraSchema(schemaName));
  for (const { topic, messageCount } of inputs.slice(0, MOST_LOOKED_AT)) {
    if (seen.has(topic) || messageCount === 0) continue;
    const message = await firstMessage(recording, topic);
    if (message !== undefined) seen.set(topic, sightOf(message));
  }
  return withInputTopics(config, topics, where, seen);
}

/**
 * The configuration of a rig with the topics that this recording really has: of a depth topic that is not there its `compressedDepth`.
 *
 * @throws VoxhandError `TOPIC_NOT_FOUND` naming the camera and the topics that could be meant
 */
export function withRigTopics(config: TrackerConfig, topics: readonly TopicInfo[], where: string): TrackerConfig {
  const [images, infos] = [namesOf(topics, isReadSchema), namesOf(topics, isCameraSchema)];
  const find = (name: string, key: string, wanted: readonly string[], there: readonly string[]) => {
    const topic = wanted.find((one) => there.includes(one));
    if (topic !== undefined) return topic;
    throw new VoxhandError('TOPIC_NOT_FOUND', `no topic ${wanted[0]} of camera ${name}`, {
      expected:
        there.length === 0 ? 'a recording with one' : `cameras.${name}.${key} one of ${there.slice(0, 10).join(', ')}`,
      found: 'it is not there',
      where,
    });
  };
  const isCloud = (wanted: string) => namesOf(topics, isCloudSchema).includes(wanted);
  const cameras = Object.entries(config.cameras).map(([name, camera]) => {
    const { depth, cameraInfo } = camera;
    return [
      name,
      {
        ...camera,
        depth: find(name, 'depth', [depth, `${depth}/compressedDepth`], images),
        // a point cloud does without
        cameraInfo: isCloud(depth) ? cameraInfo : find(name, 'camera_info', [cameraInfo], infos),
      },
    ];
  });
  return withFirstCamera({ ...config, cameras: Object.fromEntries(cameras) });
}

/** What a message of a depth or camera topic tells. */
export function sightOf(message: BusMessage): FirstSight {
  const { topic, schemaName } = message;
  try {
    const decoded = recordedCodec(message).decode(message.data);
    const { frameId } = headerOf(decoded);
    if (isCameraSchema(schemaName)) return { frameId, ...infoSize(decoded as CameraInfo) };
    const { width, height } = decoded as { width?: number; height?: number };
    return { frameId, width, height, kind: imageKind(topic, decoded), said: encodingOf(decoded) };
  } catch (error) {
    return { frameId: '', said: toVoxhandError(error, 'MESSAGE_INVALID').message };
  }
}

/**
 * The configuration with the depth and camera topics that this recording really has.
 *
 * A configured topic that is there is taken. A depth topic that is not there is replaced by the only one that it could be: the single
 * depth image, by type, encoding and name (topics with `depth` in it first); of a raw image and its own transports the raw one. With it
 * goes the camera info of the same frame, namespace and size, in this order; a camera topic of another name than the default is taken as
 * it is configured.
 *
 * @param seen what the first messages of topics tell, where they were looked at
 * @throws VoxhandError `TOPIC_NOT_FOUND` naming the candidates, where none or several could be meant; `SCHEMA_UNSUPPORTED` where the
 * configured topic is there but carries something else.
 */
export function withInputTopics(
  config: TrackerConfig,
  topics: readonly TopicInfo[],
  where: string,
  seen: ReadonlyMap<string, FirstSight> = new Map(),
): TrackerConfig {
  const depth = depthTopic(config.topics.depth, topics, where, seen);
  const cameraInfo = cameraTopic(config.topics.cameraInfo, depth, topics, where, seen);
  return { ...config, topics: { ...config.topics, depth, cameraInfo } };
}

function depthTopic(
  wanted: string,
  topics: readonly TopicInfo[],
  where: string,
  seen: ReadonlyMap<string, FirstSight>,
): string {
  const images = namesOf(topics, isDepthSchema);
  const depths = images.filter((topic) => seen.get(topic)?.kind !== 'other');
  // a transport of a topic that is there itself is not another choice
  const candidates = depths.filter((topic) => rawTopicOf(topic) === topic || !depths.includes(rawTopicOf(topic)));
  if (isThere(wanted, topics, isReadSchema, 'depth image', candidates, where)) return wanted;
  const sure = candidates.filter((topic) => seen.get(topic)?.kind === 'depth');
  const only = [candidates, sure, named(candidates), named(sure)].find((some) => some.length === 1);
  if (only !== undefined) return only[0];
  const others = images.filter((topic) => !depths.includes(topic)).map((topic) => described(topic, topics, seen));
  throw notFound(
    'depth',
    wanted,
    candidates.map((topic) => described(topic, topics, seen)),
    candidates[0],
    where,
    others,
  );
}

/** Depth images, and point clouds where they are configured. */
const isReadSchema = (schemaName: string) => isDepthSchema(schemaName) || isCloudSchema(schemaName);

const named = (topics: readonly string[]) => topics.filter((topic) => topic.includes('depth'));

function cameraTopic(
  wanted: string,
  depth: string,
  topics: readonly TopicInfo[],
  where: string,
  seen: ReadonlyMap<string, FirstSight>,
): string {
  const candidates = namesOf(topics, isCameraSchema);
  const originOf = (topic: string): ImageOrigin => ({ frameId: '', ...seen.get(topic), topic });
  const fits = candidates.map((topic) => ({ topic, fit: cameraFit(originOf(depth), originOf(topic)) }));
  const best = fits.filter(({ fit }) => fit === Math.max(...fits.map((each) => each.fit)));
  if (isThere(wanted, topics, isCameraSchema, 'camera info', candidates, where)) {
    // what nobody has chosen gives way to what fits better
    const isDefault = wanted === trackerConfig().topics.cameraInfo;
    const own = fits.find(({ topic }) => topic === wanted)?.fit ?? 0;
    return isDefault && best.length === 1 && best[0].fit > own ? best[0].topic : wanted;
  }
  if (best.length === 1) return best[0].topic;
  // a point cloud does without
  if (topics.some(({ topic, schemaName }) => topic === depth && isCloudSchema(schemaName))) return wanted;
  throw notFound(
    'camera_info',
    wanted,
    candidates.map((topic) => described(topic, topics, seen)),
    candidates.find((topic) => namespaceOf(topic) === namespaceOf(depth)) ?? candidates[0],
    where,
  );
}

function namesOf(topics: readonly TopicInfo[], fits: (schemaName: string) => boolean): string[] {
  return [...new Set(topics.filter(({ schemaName }) => fits(schemaName)).map(({ topic }) => topic))];
}

/** @throws VoxhandError `SCHEMA_UNSUPPORTED` where it is there and carries something else */
function isThere(
  wanted: string,
  topics: readonly TopicInfo[],
  fits: (schemaName: string) => boolean,
  what: string,
  candidates: readonly string[],
  where: string,
): boolean {
  const there = topics.filter(({ topic }) => topic === wanted);
  if (there.length === 0) return false;
  if (there.some(({ schemaName }) => fits(schemaName))) return true;
  throw new VoxhandError('SCHEMA_UNSUPPORTED', `topic ${wanted} carries no ${what}`, {
    expected: `one of ${candidates.join(', ') || '(none in this recording)'}`,
    found: there[0].schemaName || 'no schema',
    where,
  });
}

/** `/a/image (sensor_msgs/msg/Image, 16UC1)` */
function described(topic: string, topics: readonly TopicInfo[], seen: ReadonlyMap<string, FirstSight>): string {
  const { schemaName = '' } = topics.find((info) => info.topic === topic) ?? {};
  const { said = '' } = seen.get(topic) ?? {};
  return `${topic} (${schemaName}${said === '' ? '' : `, ${said.trim()}`})`;
}

function notFound(
  setting: 'depth' | 'camera_info',
  wanted: string,
  candidates: readonly string[],
  example: string | undefined,
  where: string,
  others: readonly string[] = [],
): VoxhandError {
  const what = setting === 'depth' ? 'depth images' : 'a camera info';
  const expected =
    example === undefined
      ? `a recording with ${what}${others.length === 0 ? '' : `, not only ${others.slice(0, 5).join(', ')}`}`
      : `one of ${candidates.slice(0, 10).join(', ')}: choose with --set topics.${setting}=${example}`;
  const name = setting === 'depth' ? 'depth image' : 'camera info';
  return new VoxhandError('TOPIC_NOT_FOUND', `no ${name} topic ${wanted}`, {
    expected,
    found: 'it is not there',
    where,
  });
}
