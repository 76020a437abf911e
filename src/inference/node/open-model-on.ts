import { VoxhandError } from '../../errors/voxhand-error.js';
import { isDetectorManifest } from '../inference.js';
import { PROVIDER_NEEDS, type Provider } from '../provider.js';
import { DetectorNetwork } from './detector-network.js';
import { Ensemble } from './ensemble.js';
import type { OpenModel } from './open-model.js';
import type { NetworkSetup } from './worker-protocol.js';

/** An opened model and what it runs on. */
export interface OpenedModel {
  readonly model: OpenModel;
  readonly provider: Provider;
  /** Why it is not the provider that was asked for. */
  readonly fallbackReason: string | undefined;
}

/**
 * Open a model on the provider that is asked for, or by the policy `fallback` on the CPU.
 *
 * @throws VoxhandError `PROVIDER_UNAVAILABLE` (policy `strict`), `MODEL_MISMATCH`, `MODEL_NOT_FOUND`
 */
export async function openModel(setup: NetworkSetup): Promise<OpenedModel> {
  let fallbackReason: string | undefined;
  if (setup.provider !== 'cpu') {
    try {
      return { model: await openOn(setup, setup.provider), provider: setup.provider, fallbackReason };
    } catch (cause) {
      if (cause instanceof VoxhandError) throw cause; // the model's own fault, not the provider's
      const error = new VoxhandError('PROVIDER_UNAVAILABLE', `cannot run ${setup.manifest.name} on ${setup.provider}`, {
        expected: PROVIDER_NEEDS[setup.provider],
        found: firstLine(cause),
        where: 'provider',
        cause,
      });
      if (setup.policy === 'strict') throw error;
      fallbackReason = error.message;
    }
  }
  try {
    return { model: await openOn(setup, 'cpu'), provider: 'cpu', fallbackReason };
  } catch (cause) {
    if (cause instanceof VoxhandError) throw cause;
    throw new VoxhandError('MODEL_MISMATCH', `onnxruntime cannot run ${setup.manifest.name}`, {
      found: firstLine(cause),
      where: setup.paths.join(', '),
      cause,
    });
  }
}

function openOn(setup: NetworkSetup, provider: Provider): Promise<OpenModel> {
  const { manifest } = setup;
  return isDetectorManifest(manifest)
    ? DetectorNetwork.open(manifest, setup, provider)
    : Ensemble.open({ ...setup, manifest }, provider);
}

/** onnxruntime's messages carry source paths and stack traces after the first line. */
function firstLine(error: unknown): string {
  const text = error instanceof Error ? error.message : String(error);
  return text.trim().split('\n', 1)[0];
}
