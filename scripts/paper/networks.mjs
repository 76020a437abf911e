/** The networks that the tables need; a refiner that is not there is named, not an error. */
import { createInference, loadModel, VoxhandError } from '../../dist/index.js';
import { createPointInference } from '../../dist/inference/node/create-inference.js';

/** A model that lies nowhere is undefined; any other fault is thrown. */
async function ifThere(name) {
  try {
    return await loadModel(name);
  } catch (error) {
    if (error instanceof VoxhandError && error.code === 'MODEL_NOT_FOUND') return undefined;
    throw error;
  }
}

/**
 * Open the tracker's network, the refiners of the reference point and the ensemble.
 *
 * @returns `inference`, `refiners` by kind, `ensemble`, `models` (who they are; null: not there) and `close`
 */
export async function openNetworks({ model, ensemble, refineCom, refineRom }) {
  const opened = [];
  const keep = (network) => {
    opened.push(network);
    return network;
  };
  const close = () => Promise.all(opened.map((network) => network.close()));
  try {
    const inference = keep(await createInference({ model }));
    const refiners = {};
    for (const [kind, name] of [
      ['com', refineCom],
      ['rom', refineRom],
    ]) {
      const there = await ifThere(name);
      if (there !== undefined) refiners[kind] = keep(await createPointInference({ model: there }));
    }
    const several =
      ensemble === undefined ? undefined : keep(await createInference({ model: ensemble, members: true }));
    const who = (network) =>
      network === undefined ? null : { ...network.status().model, provider: network.status().providerActual };
    requireHeatMaps(inference.model, '--model');
    if (several !== undefined) {
      requireHeatMaps(several.model, '--ensemble');
      requireSameCube(inference.model, several.model);
    }
    return {
      inference,
      refiners,
      ensemble: several,
      models: {
        network: who(inference),
        refineCom: who(refiners.com),
        refineRom: who(refiners.rom),
        ensemble: several === undefined ? null : { ...who(several), members: several.model.members },
      },
      close,
    };
  } catch (error) {
    await close();
    throw error;
  }
}

function requireHeatMaps({ name, kind }, where) {
  if (kind === 'gaussian') return;
  throw new VoxhandError('CONFIG_INVALID', `${name} answers joints, and the tables are about heat maps`, { where });
}

function requireSameCube(a, b) {
  const cube = ({ gridSize, cubeEdge, roll, handedness }) =>
    `${gridSize}^3 cells of ${cubeEdge} m, ${roll}, ${handedness}`;
  if (cube(a) === cube(b)) return;
  throw new VoxhandError('CONFIG_INVALID', 'the ensemble looks at another cube', {
    expected: cube(a),
    found: cube(b),
    where: '--ensemble',
  });
}
