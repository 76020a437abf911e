import { map, type OperatorFunction } from 'rxjs';
import { type DecodeOptions, decodeHeatMaps } from './decode-heat-maps.js';
import type { DecodedJoints, HeatMaps } from './heat-maps.js';

/**
 * {@link decodeHeatMaps} as an operator: one result for each set of heat maps (or ensemble of sets), in order.
 * Heat maps of a wrong shape end the stream with `HEATMAP_INVALID`.
 */
export function decodeJoints(
  options: DecodeOptions = {},
): OperatorFunction<HeatMaps | readonly HeatMaps[], DecodedJoints> {
  return map((maps) => decodeHeatMaps(maps, options));
}
