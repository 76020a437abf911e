import { type InferenceSession, Tensor } from 'onnxruntime-node';
import type { ModelFile, ModelManifest } from '../model-manifest.js';
import type { Provider } from '../provider.js';
import { checkTensor, openSession } from './session.js';

/** One ONNX file, opened and checked against its manifest. */
export class Network {
  readonly #session: InferenceSession;
  readonly #manifest: ModelManifest;
  readonly #output: Tensor;
  /** The last run's output tensor as it came; overwritten by the next run. */
  readonly raw: Float32Array;
  /** Whether the graph leaves the number of grids open: the first dimension of its input and its output. */
  readonly batches: boolean;

  private constructor(session: InferenceSession, manifest: ModelManifest) {
    const { shape } = manifest.output;
    this.#session = session;
    this.#manifest = manifest;
    this.raw = new Float32Array(shape.reduce((a, b) => a * b, 1));
    this.#output = new Tensor('float32', this.raw, shape);
    const single = manifest.input.shape[0] === 1 && shape[0] === 1;
    this.batches = single && [session.inputMetadata, session.outputMetadata].every(([tensor]) => isOpen(tensor));
  }

  /**
   * Open a file on one provider alone: where it can't run the whole graph, that is an error, so that what is reported
   * to run really does.
   *
   * @throws VoxhandError `MODEL_MISMATCH` (size, sha256, tensors), or whatever onnxruntime throws
   */
  static async open(
    path: string,
    file: ModelFile,
    manifest: ModelManifest,
    provider: Provider,
    threads: number,
  ): Promise<Network> {
    const session = await openSession(path, file, provider, threads);
    try {
      checkTensor(
        'input',
        session.inputMetadata,
        manifest.input.tensor,
        manifest.input.type,
        manifest.input.shape,
        path,
      );
      checkTensor('output', session.outputMetadata, manifest.output.tensor, 'float32', manifest.output.shape, path);
      return new Network(session, manifest);
    } catch (error) {
      await session.release();
      throw error;
    }
  }

  /** Run on an input in the manifest's type and order; the answer lies in {@link raw}. */
  async run(input: Uint8Array | Float32Array): Promise<void> {
    const { tensor, type, shape } = this.#manifest.input;
    const feeds = { [tensor]: new Tensor(type, input, shape) };
    await this.#session.run(feeds, { [this.#manifest.output.tensor]: this.#output });
  }

  /**
   * Run on several inputs at once, one behind the other in memory.
   *
   * @returns the output tensors, one per grid, which belong to the caller
   */
  async runBatch(inputs: Uint8Array | Float32Array, count: number): Promise<Float32Array[]> {
    const { input, output } = this.#manifest;
    const feeds = { [input.tensor]: new Tensor(input.type, inputs, [count, ...input.shape.slice(1)]) };
    const { data } = (await this.#session.run(feeds))[output.tensor];
    const length = this.raw.length;
    return Array.from({ length: count }, (_, k) => (data as Float32Array).subarray(k * length, (k + 1) * length));
  }

  async release(): Promise<void> {
    await this.#session.release();
  }
}

/** The first dimension is open, and no other. */
function isOpen(tensor: InferenceSession.ValueMetadata): boolean {
  if (!tensor.isTensor) return false;
  const [first, ...rest] = tensor.shape;
  return typeof first === 'string' && rest.every((size) => typeof size === 'number');
}
