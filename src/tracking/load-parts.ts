import { VoxhandError } from '../errors/index.js';
import type { GestureProfile } from '../gestures/index.js';
import {
  createDetectorInference,
  createInference,
  createPointInference,
  createVerdictInference,
  type InferenceStatus,
  loadModel,
  type ModelFacts,
  modelFacts,
  pointFacts,
} from '../inference/index.js';
import { warmUpFit } from '../kinematics/index.js';
import type { TrackerConfig } from './config.js';
import { type NetworkStages, networkStages } from './detection-networks.js';
import { firstSide } from './hand-locator.js';
import type { TrackerParts } from './hand-tracker.js';
import { jointReader } from './joint-reader.js';
import { loadGestures } from './load-gestures.js';
import { loadHand } from './load-hand.js';
import { loadPrior } from './load-prior.js';
import { type NetworkRefiner, networkRefiner } from './network-refiner.js';

/** What a tracker brings along, loaded by its configuration. */
export interface LoadedParts extends Pick<TrackerParts, 'inference' | 'prior' | 'proportions'> {
  readonly refiner?: NetworkRefiner;
  readonly detection?: NetworkStages;
  readonly gestures?: GestureProfile;
  /** End the workers of the networks. May be called twice. */
  close(): Promise<void>;
}

/**
 * Load what the configuration names: the model into its worker, the networks that find the hand into others, and the pose prior where
 * it is used. Nothing stays open after an error.
 *
 * @throws VoxhandError as `createInference`, `loadLocating`, `loadPrior` and `loadHand`; `CONFIG_INVALID` where the configuration
 * asks for what the model cannot give
 */
export async function loadParts(config: TrackerConfig): Promise<LoadedParts> {
  const { provider, policy, threads, workers, warmUp } = config.inference;
  const model = await loadModel(config.inference.model);
  jointReader(config, modelFacts(model)); // refuses before any worker starts
  const prior = config.smoothing.stages.includes('prior') ? await loadPrior(config.smoothing.prior.file) : undefined;
  const gestures = await loadGestures(config);
  const proportions = await loadHand(config);
  if (config.kinematics.enabled && warmUp) warmUpFit();
  const members = config.heatMaps.decoder === 'nbest' || config.output.rawJoints;
  const locating = await loadLocating(config);
  try {
    const inference = await createInference({ model, provider, policy, threads, workers, warmUp, members });
    return {
      inference,
      ...(prior && { prior }),
      ...(proportions && { proportions }),
      ...(gestures && { gestures }),
      ...locating,
      async close() {
        await Promise.all([inference.close(), locating.close()]);
      },
    };
  } catch (error) {
    await locating.close();
    throw error;
  }
}

/** How the networks are that say where the hand is, those that there are. */
export type LocatingStatus = Readonly<Partial<Record<'refine' | 'detector' | 'verify', InferenceStatus>>>;

export function locatingStatus({ refiner, detection }: Pick<LoadedParts, 'refiner' | 'detection'>): LocatingStatus {
  return {
    ...(refiner && { refine: refiner.inference.status() }),
    ...(detection && {
      detector: detection.networks.detector.status(),
      ...(detection.networks.verifier && { verify: detection.networks.verifier.status() }),
    }),
  };
}

/** The networks that say where the hand is. */
export type LocatingParts = Pick<LoadedParts, 'refiner' | 'detection' | 'close'>;

/**
 * Load the networks that find the hand as configured: the stages of detection, or what refines the geometric finder's point, if
 * anything does. Nothing stays open after an error.
 *
 * @throws VoxhandError as {@link loadRefiner}, `createDetectorInference` and `createVerdictInference`
 */
export async function loadLocating(config: TrackerConfig): Promise<LocatingParts> {
  if (config.detection.method === 'geometric') {
    const refiner = await loadRefiner(config);
    return { ...(refiner && { refiner }), close: async () => refiner?.inference.close() };
  }
  const { provider, policy, threads, warmUp } = config.inference;
  if (config.reference.refine !== 'none') {
    throw new VoxhandError('CONFIG_INVALID', 'only the point of the geometric finder can be refined', {
      expected: 'detection.method geometric, or reference.refine none',
      found: `detection.method learned, reference.refine ${config.reference.refine}`,
      where: 'reference.refine',
    });
  }
  const { model, verifyModel, minScore } = config.detection;
  const how = { provider, policy, threads, warmUp };
  const detector = await createDetectorInference({ ...how, model });
  try {
    const verifier = verifyModel === 'none' ? undefined : await createVerdictInference({ ...how, model: verifyModel });
    return {
      detection: networkStages({ detector, ...(verifier && { verifier }) }, minScore),
      async close() {
        await Promise.all([detector.close(), verifier?.close()]);
      },
    };
  } catch (error) {
    await detector.close();
    throw error;
  }
}

/**
 * Load the network that `reference.refine` asks for into a worker of its own; undefined where that is `none`.
 *
 * @throws VoxhandError as `createPointInference`; `MODEL_MISMATCH` for a network with another target
 */
export async function loadRefiner(config: TrackerConfig): Promise<NetworkRefiner | undefined> {
  const { refine, refineModel = `refine-${refine}`, maxRefinement } = config.reference;
  if (refine === 'none') return undefined;
  const { provider, policy, threads, warmUp } = config.inference;
  const model = await loadModel(refineModel);
  const { target } = pointFacts(model);
  if (target !== refine) {
    throw new VoxhandError('MODEL_MISMATCH', `${model.manifest.name} refines to another point than configured`, {
      expected: `target ${refine}, as reference.refine says`,
      found: `target ${target}`,
      where: model.directory,
    });
  }
  const inference = await createPointInference({ model, provider, policy, threads, warmUp });
  return networkRefiner(inference, { handedness: firstSide(config), maxMove: maxRefinement });
}

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
