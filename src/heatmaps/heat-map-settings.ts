import { z } from 'zod';
import { live, share } from '../errors/setting.js';
import { DECODERS } from './decode-heat-maps.js';

/** How joints are read from heat maps, and how sure they must be. No effect on a model that outputs joints, except for the confidences. */
export const heatMapSettings = z.strictObject({
  decoder: live('How a joint is read from its heat map.', z.enum(DECODERS).default('gauss')),
  n: live('Voxels that nbest averages, for each member of an ensemble.', z.int().min(1).max(1000).default(20)),
  minConfidence: live(
    'A tracked hand whose joints have a lower mean confidence is lost. No effect where a presence score is available (detection.keep_presence).',
    share(0.4),
  ),
  acquireConfidence: live(
    'A new hand needs this mean confidence. No effect where a presence score is available (detection.acquire_presence).',
    share(0.5),
  ),
});
