import { VoxhandError } from '../errors/index.js';
import { decodeMax } from './decode-each-joint.js';
import { decodeGauss } from './decode-gauss.js';
import { decodeNBest, type NBestOptions } from './decode-n-best.js';
import { decodeSMax, type SMaxOptions } from './decode-s-max.js';
import { type DecodedJoints, type HeatMaps, meanHeatMaps } from './heat-maps.js';

/** The ways to read joints off heat maps, from the fastest to the most thorough. */
export const DECODERS = ['max', 'smax', 'gauss', 'nbest'] as const;

export type Decoder = (typeof DECODERS)[number];

export interface DecodeOptions extends SMaxOptions, NBestOptions {
  /** Default `gauss`: the most accurate on ideal maps, and it needs no sigma. */
  readonly decoder?: Decoder;
}

/**
 * Read the joints off one set of heat maps or off an ensemble's.
 *
 * An ensemble is averaged first, except for `nbest`, which looks at each member's voxels.
 *
 * @throws VoxhandError `HEATMAP_INVALID`. A joint without a peak is no error: it has confidence 0.
 *
 * @example
 * ```ts
 * const { positions, confidences } = decodeHeatMaps(maps, { decoder: 'smax', sigma: 1.5 });
 * ```
 */
export function decodeHeatMaps(maps: HeatMaps | readonly HeatMaps[], options: DecodeOptions = {}): DecodedJoints {
  const { decoder = 'gauss' } = options;
  const members: readonly HeatMaps[] = isEnsemble(maps) ? maps : [maps];
  if (decoder === 'nbest') return decodeNBest(members, options);
  const single = members.length === 1 ? members[0] : meanHeatMaps(members);
  switch (decoder) {
    case 'max':
      return decodeMax(single);
    case 'smax':
      return decodeSMax(single, options);
    case 'gauss':
      return decodeGauss(single, options);
    default:
      throw new VoxhandError('CONFIG_INVALID', 'no such decoder', {
        expected: DECODERS.join(', '),
        found: String(decoder),
      });
  }
}

function isEnsemble(maps: HeatMaps | readonly HeatMaps[]): maps is readonly HeatMaps[] {
  return Array.isArray(maps);
}
