import { JOINT_COUNT } from '../../hand/skeleton.js';
import type { Provider } from '../inference.js';
import { mixJointMajor } from '../joint-major.js';
import { checkSelfTest, selfTestGrid } from '../self-test.js';
import { Network } from './network.js';
import type { GridBytes, MapFloats, NetworkSetup } from './worker-protocol.js';

/** The networks of a model, one or several, on one provider. Lives in the worker. */
export class Ensemble {
  readonly #networks: readonly Network[];
  readonly #setup: NetworkSetup;
  readonly #floats: Float32Array | undefined;

  private constructor(networks: readonly Network[], setup: NetworkSetup) {
    this.#networks = networks;
    this.#setup = setup;
    this.#floats =
      setup.manifest.input.type === 'float32' ? new Float32Array(setup.manifest.input.size ** 3) : undefined;
  }

  /** Open, self-test and warm up every file; nothing stays open after an error. */
  static async open(setup: NetworkSetup, provider: Provider): Promise<Ensemble> {
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

  /** @param spare buffers to write into; those that are missing are allocated */
  async run(grid: GridBytes, spare: readonly MapFloats[]): Promise<{ maps: MapFloats[]; runSeconds: number }> {
    const { manifest, members } = this.#setup;
    const { output } = manifest;
    const input = this.#input(grid);
    const began = performance.now();
    for (const network of this.#networks) await network.run(input);
    const runSeconds = (performance.now() - began) / 1000;

    const cells = JOINT_COUNT * output.size ** 3;
    const buffer = (k: number): MapFloats => (spare[k]?.length === cells ? spare[k] : new Float32Array(cells));
    const mean = buffer(0);
    const weight = output.scale / this.#networks.length;
    this.#networks.forEach(({ raw }, k) => {
      mixJointMajor(raw, output, JOINT_COUNT, weight, mean, k > 0);
    });
    if (!members) return { maps: [mean], runSeconds };
    const own = this.#networks.map(({ raw }, k) => {
      const maps = buffer(k + 1);
      mixJointMajor(raw, output, JOINT_COUNT, output.scale, maps, false);
      return maps;
    });
    return { maps: [mean, ...own], runSeconds };
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
    const { output, selfTest } = manifest;
    const data = new Float32Array(JOINT_COUNT * output.size ** 3);
    for (const [k, network] of this.#networks.entries()) {
      await network.run(this.#input(selfTestGrid(manifest)));
      mixJointMajor(network.raw, output, JOINT_COUNT, output.scale, data, false);
      checkSelfTest(
        { joints: JOINT_COUNT, size: output.size, data },
        selfTest.expected[k],
        selfTest.tolerance,
        paths[k],
      );
    }
  }
}
