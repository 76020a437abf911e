import { type TrackerConfig, type TrackerSettings, trackerConfig } from '../../src/tracking/config.js';

/**
 * Settings with every default, but: the geometric finder, which needs no networks beside the one that a test puts in; and no fit of a skeleton
 * unless it is asked for, so that what a test's network says comes out.
 */
export function geometricConfig(settings: TrackerSettings = {}): TrackerConfig {
  return trackerConfig({
    ...settings,
    detection: { method: 'geometric', ...settings.detection },
    kinematics: { enabled: false, ...settings.kinematics },
  });
}
