import { VoxhandError } from '../errors/index.js';
import type { TopicInfo } from '../transport/port/index.js';
import type { TrackerConfig } from './config.js';
import { isCameraSchema, isDepthSchema } from './depth-frames.js';

/**
 * The configuration with the depth and camera topics that this recording really has.
 *
 * A configured topic that is there is taken. One that is not there is replaced by the only one that it could be: the
 * single depth image (topics with `depth` in their name first), and the single camera info, or the one in the depth
 * topic's own namespace.
 *
 * @throws VoxhandError `TOPIC_NOT_FOUND` naming the topics there are, where none or several could be meant;
 * `SCHEMA_UNSUPPORTED` where the configured topic is there but carries something else.
 */
export function withInputTopics(config: TrackerConfig, topics: readonly TopicInfo[], where: string): TrackerConfig {
  const depth = choose(
    config.topics.depth,
    topics,
    ({ schemaName }) => isDepthSchema(schemaName),
    'depth image',
    where,
  );
  const camera = choose(
    config.topics.cameraInfo,
    topics,
    ({ schemaName }) => isCameraSchema(schemaName),
    'camera info',
    where,
    namespaceOf(depth),
  );
  return { ...config, topics: { ...config.topics, depth, cameraInfo: camera } };
}

function choose(
  wanted: string,
  topics: readonly TopicInfo[],
  fits: (topic: TopicInfo) => boolean,
  what: string,
  where: string,
  namespace?: string,
): string {
  const there = topics.find(({ topic }) => topic === wanted);
  if (there !== undefined) {
    if (fits(there)) return wanted;
    throw new VoxhandError('SCHEMA_UNSUPPORTED', `topic ${wanted} carries no ${what}`, {
      expected: `one of ${
        topics
          .filter(fits)
          .map(({ topic }) => topic)
          .join(', ') || '(none in this recording)'
      }`,
      found: there.schemaName || 'no schema',
      where,
    });
  }
  const candidates = topics.filter(fits).map(({ topic }) => topic);
  const narrower = [
    candidates,
    candidates.filter((topic) => topic.includes('depth')),
    candidates.filter((topic) => namespace?.startsWith(namespaceOf(topic))),
    candidates.filter((topic) => namespaceOf(topic) === namespace),
  ];
  const only = narrower.find((some) => some.length === 1);
  if (only !== undefined) return only[0];
  throw new VoxhandError('TOPIC_NOT_FOUND', `no ${what} topic ${wanted}`, {
    expected: `topics.${what === 'camera info' ? 'camera_info' : 'depth'} to name one of ${topics
      .map(({ topic, schemaName }) => `${topic} (${schemaName || 'no schema'})`)
      .join(', ')}`,
    found: wanted,
    where,
  });
}

function namespaceOf(topic: string): string {
  return topic.replace(/\/compressedDepth$/, '').replace(/\/[^/]*$/, '');
}
