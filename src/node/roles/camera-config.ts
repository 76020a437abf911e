import { namespacePrefix, type TrackerConfig } from '../../tracking/index.js';
import { OUTPUTS } from '../../tracking/output-topics.js';

/**
 * The configuration that results of one camera are published by: the same, with the camera's name in front of their topics
 * (`/hand/joints` becomes `/left/hand/joints`, `/cell/hand/joints` in the namespace `cell` becomes `/cell/left/hand/joints`) and
 * at the end of the namespace. An inference role for one camera alone (`distribution.max_cameras: 1`) uses the plain topics.
 */
export function cameraConfig(config: TrackerConfig, camera: string): TrackerConfig {
  if (config.distribution.maxCameras === 1) return config;
  const prefix = namespacePrefix(config.namespace);
  const own = (topic: string) => {
    if (topic.startsWith('~')) return `~/${camera}/${topic.replace(/^~\/?/, '')}`;
    return topic.startsWith(prefix) ? `${prefix}${camera}/${topic.slice(prefix.length)}` : `/${camera}${topic}`;
  };
  const topics = { ...config.topics };
  for (const [key, { shared }] of OUTPUTS) if (shared !== true) topics[key] = own(topics[key]);
  const namespace = [config.namespace, camera].filter(Boolean).join('/');
  return { ...config, namespace, topics };
}
