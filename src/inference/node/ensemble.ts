import { toVoxhandError, VoxhandError } from '../../errors/voxhand-error.js';
import type { AnswerReader } from '../answers/answer-reader.js';
import { readerFor } from '../answers/reader-for.js';
import type { ModelManifest } from '../model-manifest.js';
import type { Provider } from '../provider.js';
import { selfTestGrid } from '../self-test.js';
import { Network } from './network.js';
import type { OpenModel } from './open-model.js';
import type { AnswerFloats, GridBytes, NetworkSetup } from './worker-protocol.js';

/** Of a model that looks at voxels. */
export interface EnsembleSetup extends NetworkSetup {
  readonly manifest: ModelManifest;
}

/** The networks of a model, one or several, on one provider. Lives in the worker. */
export class Ensemble implements OpenModel {
  readonly #networks: readonly Network[];
  readonly #setup: EnsembleSetup;
  readonly #reader: AnswerReader;
  readonly #floats: Float32Array | undefined;

  private constructor(networks: readonly Network[], setup: EnsembleSetup) {
    this.#networks = networks;
    this.#setup = setup;
    this.#reader = readerFor(setup.manifest.output);
    this.#floats =
      setup.manifest.input.type === 'float32' ? new Float32Array(setup.manifest.input.size ** 3) : undefined;
  }

  /** Open, self-test and warm up every file; nothing stays open after an error. */
  static async open(setup: EnsembleSetup, provider: Provider): Promise<Ensemble> {
    const { manifest, paths, threads, warmUp } = setup;
    const networks: Network[] = [];
    const ensemble = new Ensemble(networks, setup);
    try {
      for (const [k, file] of manifest.files.entries()) {
        networks.push(await Network.open(paths[k], file, manifest, provider, threads));
      }
      await ensemble.#selfTest();
      for (let i = 0; i < warmUp; i++) await ensemble.run(selfTestGrid(manifest), []);
      return ensemble;
    } catch (error) {
      await ensemble.release();
      throw error;
    }
  }

  async run(grid: GridBytes, spare: readonly AnswerFloats[]): Promise<{ answers: AnswerFloats[]; runSeconds: number }> {
    const input = this.#input(grid);
    const began = performance.now();
    for (const network of this.#networks) await network.run(input);
    const runSeconds = (performance.now() - began) / 1000;

    const raws = this.#networks.map(({ raw }) => raw);
    return { answers: this.#read(raws, spare), runSeconds };
  }

  get batches(): boolean {
    return this.#networks.every(({ batches }) => batches);
  }

  async runBatch(
    grids: readonly GridBytes[],
  ): Promise<{ answers: (AnswerFloats[] | VoxhandError)[]; runSeconds: number }> {
    const { type, size } = this.#setup.manifest.input;
    const inputs = new (type === 'float32' ? Float32Array : Uint8Array)(grids.length * size ** 3);
    for (const [k, grid] of grids.entries()) inputs.set(grid, k * size ** 3);
    const began = performance.now();
    const raws: Float32Array[][] = [];
    for (const network of this.#networks) raws.push(await network.runBatch(inputs, grids.length));
    const runSeconds = (performance.now() - began) / 1000;
    const answer = (k: number) => {
      try {
        const own = raws.map((each) => each[k]);
        return this.#read(own, []);
      } catch (error) {
        return toVoxhandError(error, 'INFERENCE_FAILED');
      }
    };
    return { answers: grids.map((_, k) => answer(k)), runSeconds };
  }

  #read(raws: readonly Float32Array[], spare: readonly AnswerFloats[]): AnswerFloats[] {
    const { length } = this.#reader;
    const buffer = (k: number): AnswerFloats => (spare[k]?.length === length ? spare[k] : new Float32Array(length));
    const mean = buffer(0);
    if (raws.length === 1) {
      this.#reader.read(raws[0], mean);
      return [mean];
    }
    this.#reader.mean(raws, mean);
    if (!this.#setup.members) return [mean];
    const own = raws.map((raw, k) => {
      const answer = buffer(k + 1);
      this.#reader.read(raw, answer);
      return answer;
    });
    return [mean, ...own];
  }

  async release(): Promise<void> {
    for (const network of this.#networks) await network.release();
  }

  #input(grid: GridBytes): Uint8Array | Float32Array {
    if (this.#floats === undefined) return grid;
    this.#floats.set(grid);
    return this.#floats;
  }

  async #selfTest(): Promise<void> {
    const { manifest, paths } = this.#setup;
    const { selfTest } = manifest;
    const answer = new Float32Array(this.#reader.length);
    for (const [k, network] of this.#networks.entries()) {
      await network.run(this.#input(selfTestGrid(manifest)));
      try {
        this.#reader.read(network.raw, answer);
      } catch (cause) {
        const { message: found } = toVoxhandError(cause);
        throw new VoxhandError('MODEL_MISMATCH', 'the model fails its self-test', { found, where: paths[k], cause });
      }
      this.#reader.check(answer, selfTest.expected[k], selfTest.tolerance, paths[k]);
    }
  }
}
