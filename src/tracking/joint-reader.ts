import { VoxhandError } from '../errors/index.js';
import { DECODERS, type DecodedJoints, type Decoder, decodeHeatMaps, type HeatMaps } from '../heatmaps/index.js';
import type { InferenceResult, ModelFacts } from '../inference/inference.js';
import type { TrackerConfig } from './config.js';

/** Reads joints off heat maps: positions in [0, 1) of the cube, x, y, z of each joint, and a confidence in [0, 1] for each. */
export type JointDecoder = (heatMaps: HeatMaps) => DecodedJoints;

/**
 * How the joints are read out of what a network answers: off heat maps by the configured decoder, or as they are where the
 * graph decodes itself. Then `heatMaps.decoder` and `heatMaps.n` have no say.
 */
export interface JointReader {
  /** The decoder whose joints go on, then those that `output.rawJoints` asks for beside it. */
  readonly decoders: readonly (Decoder | 'own')[];
  /** By the first decoder an answer is decoded once, however often it is read; its joints must not be written to. */
  read(result: InferenceResult, decoder: Decoder | 'own'): DecodedJoints;
}

/**
 * @param own a decoder of a program, in place of the configured one
 * @throws VoxhandError `CONFIG_INVALID` for a model that answers joints where the configuration asks for what only heat maps
 * give: the decoder `nbest`, the joints of several decoders, or a decoder of a program.
 */
export function jointReader(
  { heatMaps: { decoder, n }, output: { rawJoints } }: Pick<TrackerConfig, 'heatMaps' | 'output'>,
  model: ModelFacts,
  own?: JointDecoder,
): JointReader {
  if (model.kind === 'joints') {
    if (decoder === 'nbest')
      refuse(model, 'heat_maps.decoder', `one of max, smax, gauss (it decodes by itself)`, decoder);
    if (own !== undefined) refuse(model, 'decoder', 'none: the model decodes by itself', 'a function');
    if (rawJoints) refuse(model, 'output.raw_joints', 'false', 'true');
  }
  const first = own === undefined ? (model.decoder ?? decoder) : 'own';
  const decode = (result: InferenceResult, decoder: Decoder | 'own'): DecodedJoints => {
    if (result.kind === 'joints') return result.decoded;
    const { heatMaps, members } = result;
    if (decoder === 'own') return (own as JointDecoder)(heatMaps);
    // the mean of an ensemble is at hand already; only n best looks at each member's cells
    if (decoder !== 'nbest') return decodeHeatMaps(heatMaps, { decoder, sigma: model.sigma });
    const each = members.length > 0 ? members : [heatMaps];
    return decodeHeatMaps(each, { decoder, n: n * each.length });
  };
  /** By the first decoder. Cubes of a hand are compared by their joints before the joints of one of them go on. */
  const decoded = new WeakMap<InferenceResult, DecodedJoints>();
  return {
    decoders: rawJoints ? [first, ...DECODERS.filter((other) => other !== first)] : [first],
    read(result, decoder) {
      if (decoder !== first) return decode(result, decoder);
      const joints = decoded.get(result) ?? decode(result, decoder);
      decoded.set(result, joints);
      return joints;
    },
  };
}

function refuse(model: ModelFacts, where: string, expected: string, found: string): never {
  throw new VoxhandError('CONFIG_INVALID', `${model.name} answers joints, not heat maps`, { expected, found, where });
}
