import { type TrackerConfig, type TrackerSettings, trackerConfig } from '../../src/tracking/config.js';

/** Settings with every default, and the geometric finder, which needs no networks beside the one that a test puts in. */
export function geometricConfig(settings: TrackerSettings = {}): TrackerConfig {
  return trackerConfig({ ...settings, detection: { method: 'geometric', ...settings.detection } });
}
