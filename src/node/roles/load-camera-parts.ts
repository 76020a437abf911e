import { loadModel, type ModelFacts, modelFacts } from '../../inference/index.js';
import type { TrackerConfig } from '../../tracking/index.js';
import { type LocatingParts, loadLocating } from '../../tracking/load-parts.js';

/** What a camera role brings along, loaded by its configuration. */
export interface CameraParts extends LocatingParts {
  /** How the network of `inference.model` wants its cube cut. The network itself is not opened here. */
  readonly model: ModelFacts;
}

/**
 * Load what the camera side of a cut pipeline needs: the manifest of the model, and the networks that find the hand.
 *
 * @throws VoxhandError as `loadModel`, `modelFacts` and `loadLocating`
 */
export async function loadCameraParts(config: TrackerConfig): Promise<CameraParts> {
  const model = modelFacts(await loadModel(config.inference.model));
  return { model, ...(await loadLocating(config)) };
}
