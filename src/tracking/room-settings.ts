import type { ReferenceConfig } from '../detection/index.js';
import type { PosePrior, SmoothingConfig } from '../smoothing/index.js';
import type { TrackerConfig } from './config.js';

/** What the reference room is told; how its point is refined is the pipeline's business. */
export function referenceSettings({ reference }: TrackerConfig): Partial<ReferenceConfig> {
  const { zone, refine: _refine, refineModel: _refineModel, maxRefinement: _maxRefinement, ...rest } = reference;
  const pair = (range: number[]) => [range[0], range[1]] as const;
  return {
    ...rest,
    zone: {
      z: pair(zone.z),
      ...(zone.x === undefined ? {} : { x: pair(zone.x) }),
      ...(zone.y === undefined ? {} : { y: pair(zone.y) }),
    },
  };
}

/** The stages that are switched on, with their settings, in the configured order. Without a prior, its stage is left out. */
export function smoothingSettings({ smoothing }: TrackerConfig, prior?: PosePrior): SmoothingConfig {
  const order = smoothing.stages.filter((stage) => stage !== 'prior' || prior !== undefined);
  const { method, blend, noise, components } = smoothing.prior;
  return {
    order,
    ...(order.includes('gate') && { gate: smoothing.gate }),
    ...(order.includes('prior') &&
      prior && { prior: { model: prior, method, blend, noise, ...(components !== undefined && { components }) } }),
    ...(order.includes('window') && { window: smoothing.window }),
    ...(order.includes('oneEuro') && { oneEuro: smoothing.oneEuro }),
  };
}
