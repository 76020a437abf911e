import { listModels, loadModel } from '../../inference/index.js';
import { EXIT } from '../exit-code.js';
import { bytes, table } from '../table.js';
import { type TalkOptions, Terminal } from '../terminal.js';

export async function models(_: readonly string[], options: TalkOptions): Promise<number> {
  const names = await listModels();
  const list = await Promise.all(
    names.map(async (name) => {
      const { manifest, sha256 } = await loadModel(name);
      const { version, description, licence, input, output, files, measured } = manifest;
      return {
        name,
        version,
        description,
        licence,
        grid: input.size,
        heatMap: output.size,
        cubeEdge: input.cubeEdge,
        precision: files[0].precision,
        members: files.length,
        bytes: files.reduce((sum, file) => sum + file.bytes, 0),
        errorMm: measured?.errorMm ?? null,
        measuredOn: measured?.on ?? null,
        sha256,
      };
    }),
  );
  new Terminal(options).result({ models: list }, () => {
    if (list.length === 0) return 'No models are packaged.';
    const head = ['name', 'version', 'grid', 'heat map', 'precision', 'size', 'mean error', 'licence'];
    const rows = list.map((model) => [
      model.name,
      model.version,
      `${model.grid}^3`,
      `${model.heatMap}^3`,
      model.members === 1 ? model.precision : `${model.precision} x ${model.members}`,
      bytes(model.bytes),
      model.errorMm === null ? 'not measured' : `${model.errorMm.mean.toFixed(1)} mm`,
      model.licence,
    ]);
    const notes = list.flatMap(({ name, measuredOn }) =>
      measuredOn === null ? [] : [`${name}: measured on ${measuredOn}`],
    );
    return [...table([head, ...rows], [2, 3, 5, 6]), '', ...notes].join('\n');
  });
  return EXIT.ok;
}
