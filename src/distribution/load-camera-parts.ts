import { loadModel, type ModelFacts, modelFacts } from '../inference/index.js';
import type { NetworkRefiner, TrackerConfig } from '../pipeline/index.js';
import { loadRefiner } from '../track-hands.js';

/** What a camera role brings along, loaded by its configuration. */
export interface CameraParts {
  /** How the network of `inference.model` wants its cube cut. The network itself is not opened here. */
  readonly model: ModelFacts;
  readonly refiner?: NetworkRefiner;
  /** End the worker of the refiner. May be called twice. */
  close(): Promise<void>;
}

/**
 * Load what the camera side of a cut pipeline needs: the manifest of the model, and the network that refines the reference point
 * where `reference.refine` asks for one.
 *
 * @throws VoxhandError as `loadModel`, `modelFacts` and `loadRefiner`
 */
export async function loadCameraParts(config: TrackerConfig): Promise<CameraParts> {
  const model = modelFacts(await loadModel(config.inference.model));
  const refiner = await loadRefiner(config);
  return {
    model,
    ...(refiner && { refiner }),
    async close() {
      await refiner?.inference.close();
    },
  };
}
