import { namespaceOf, rawTopicOf } from '../depth/index.js';
import { VoxhandError } from '../errors/index.js';
import { withFirstCamera } from '../tracking/config.js';
import { isCameraSchema, isDepthSchema } from '../tracking/depth-frames.js';
import { findInputTopics, type TrackerConfig } from '../tracking/index.js';
import type { BusSource } from '../transport/port/index.js';

/**
 * The configuration with the cameras of a recording, where it names none.
 *
 * @throws VoxhandError `TOPIC_NOT_FOUND`; `USAGE` for fewer than two cameras
 */
export async function withRecordedCameras(
  config: TrackerConfig,
  recording: BusSource,
  where: string,
): Promise<TrackerConfig> {
  if (Object.keys(config.cameras).length > 1) return findInputTopics(config, recording, where);
  const depths = depthTopics(recording);
  const infos = new Map<string, string>();
  for (const depth of depths) {
    const one = { ...config, cameras: {}, topics: { ...config.topics, depth } };
    const found = await findInputTopics(one, recording, where).catch(() => undefined);
    if (found === undefined || namespaceOf(found.topics.cameraInfo) !== namespaceOf(rawTopicOf(depth))) continue;
    infos.set(depth, found.topics.cameraInfo);
  }
  if (infos.size < 2) throw tooFewCameras(depths, where);
  return withCameras(config, infos);
}

/** The same of a live bus, whose images are told by their topics' names; undefined before there are two cameras. */
export function withLiveCameras(config: TrackerConfig, bus: BusSource): TrackerConfig | undefined {
  if (Object.keys(config.cameras).length > 1) return config;
  const infos = bus.topics().flatMap(({ topic, schemaName }) => (isCameraSchema(schemaName) ? [topic] : []));
  const pairs = depthTopics(bus).flatMap((depth): (readonly [string, string])[] => {
    const info = infos.find((topic) => namespaceOf(topic) === namespaceOf(rawTopicOf(depth)));
    return /depth/i.test(depth) && info !== undefined ? [[depth, info]] : [];
  });
  return pairs.length < 2 ? undefined : withCameras(config, new Map(pairs));
}

export function tooFewCameras(depths: readonly string[], where?: string): VoxhandError {
  return new VoxhandError('USAGE', 'a calibration needs two cameras or more', {
    expected: 'depth images with camera info of two cameras, or cameras.<name> in the configuration',
    found: depths.join(', ') || 'no depth images',
    ...(where !== undefined && { where }),
  });
}

/** Of images, each once, raw where it is there. */
export function depthTopics(bus: BusSource): string[] {
  const images = bus.topics().flatMap(({ topic, schemaName }) => (isDepthSchema(schemaName) ? [topic] : []));
  return [...new Set(images)].filter((topic) => rawTopicOf(topic) === topic || !images.includes(rawTopicOf(topic)));
}

/** @param infos camera infos by depth topic */
function withCameras(config: TrackerConfig, infos: ReadonlyMap<string, string>): TrackerConfig {
  const depths = [...infos.keys()];
  const cameras = [...infos].map(([depth, cameraInfo]) => [nameOf(depth, depths), { depth, cameraInfo }] as const);
  return withFirstCamera({ ...config, cameras: Object.fromEntries(cameras) });
}

/** What a topic's name differs from the others in, as a camera's name: `/left/depth/image_rect_raw` is `left`. */
function nameOf(topic: string, all: readonly string[]): string {
  const parts = topic.split('/').filter((part) => part !== '');
  const own = parts.filter((part) => !all.every((other) => other.split('/').includes(part)));
  const name = (own[0] ?? parts[0] ?? 'camera').replace(/[^A-Za-z0-9_]/g, '_').slice(0, 32);
  return /^[A-Za-z]/.test(name) ? name : `camera_${name}`.slice(0, 32);
}
