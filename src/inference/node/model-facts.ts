import { VoxhandError } from '../../errors/voxhand-error.js';
import { JOINT_COUNT } from '../../hand/skeleton.js';
import type { DetectorFacts, ModelFacts, NetworkFacts, PointFacts, VerdictFacts } from '../inference.js';
import type { LoadedDetector, LoadedModel } from './load-model.js';

/**
 * What the pipeline needs to know of a model that sees joints.
 *
 * @throws VoxhandError `MODEL_MISMATCH` for one that refines the reference point
 */
export function modelFacts(model: LoadedModel): ModelFacts {
  const { output } = model.manifest;
  const facts = networkFacts(model);
  switch (output.kind) {
    case 'gaussian':
      return { ...facts, kind: output.kind, joints: JOINT_COUNT, heatMapSize: output.size, sigma: output.sigma };
    case 'joints': {
      const { kind, decoder } = output;
      return { ...facts, kind, joints: JOINT_COUNT, heatMapSize: 0, sigma: 0, decoder };
    }
    case 'point':
      throw new VoxhandError('MODEL_MISMATCH', `${facts.name} sees no joints: it refines the reference point`, {
        expected: 'output.kind gaussian or joints; this one belongs in reference.refine_model',
        found: output.kind,
        where: model.directory,
      });
    case 'verdict':
      throw new VoxhandError('MODEL_MISMATCH', `${facts.name} sees no joints: it is the second stage of detection`, {
        expected: 'output.kind gaussian or joints; this one belongs in detection.verify_model',
        found: output.kind,
        where: model.directory,
      });
  }
}

/**
 * What the pipeline needs to know of a model that refines the reference point.
 *
 * @throws VoxhandError `MODEL_MISMATCH` for one that sees joints
 */
export function pointFacts(model: LoadedModel): PointFacts {
  const { output } = model.manifest;
  if (output.kind === 'point') return { ...networkFacts(model), kind: output.kind, target: output.target };
  throw new VoxhandError('MODEL_MISMATCH', `${model.manifest.name} refines no reference point: it sees joints`, {
    expected: 'output.kind point; this one belongs in inference.model',
    found: output.kind,
    where: model.directory,
  });
}

/**
 * What the pipeline needs to know of the second stage of detection.
 *
 * @throws VoxhandError `MODEL_MISMATCH` for another kind
 */
export function verdictFacts(model: LoadedModel): VerdictFacts {
  const { output } = model.manifest;
  if (output.kind === 'verdict') return { ...networkFacts(model), kind: output.kind };
  throw new VoxhandError('MODEL_MISMATCH', `${model.manifest.name} gives no verdict on a hand`, {
    expected: 'output.kind verdict',
    found: output.kind,
    where: model.directory,
  });
}

/** What the pipeline needs to know of a detector. */
export function detectorFacts({ manifest, sha256 }: LoadedDetector): DetectorFacts {
  const { name, version, input, output, files } = manifest;
  const { focal, multiple, maxSize, finer } = input;
  return { kind: output.kind, name, version, sha256, members: files.length, focal, multiple, maxSize, finer };
}

function networkFacts({ manifest, sha256 }: LoadedModel): NetworkFacts {
  const { name, version, input, files } = manifest;
  return {
    name,
    version,
    sha256,
    gridSize: input.size,
    cubeEdge: input.cubeEdge,
    roll: input.roll,
    handedness: input.handedness,
    members: files.length,
  };
}
