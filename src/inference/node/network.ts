import { createHash } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import { env, InferenceSession, Tensor } from 'onnxruntime-node';
import { VoxhandError } from '../../hand/errors.js';
import type { Provider } from '../inference.js';
import type { ModelFile, ModelManifest } from '../model-manifest.js';

// Native log lines on stderr would repeat what is thrown; errors are thrown in any case.
env.logLevel = 'fatal';

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
    const session = await InferenceSession.create(await readVerified(path, file), {
      executionProviders: [provider],
      intraOpNumThreads: threads,
      interOpNumThreads: 1,
      logSeverityLevel: 4,
      extra: {
        session: {
          disable_cpu_ep_fallback: provider === 'cpu' ? '0' : '1',
          intra_op: { allow_spinning: '0' }, // a waiting thread must not take the pipeline's core
        },
      },
    });
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
   * @returns the output tensors, one a grid, which belong to the caller
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

async function readVerified(path: string, file: ModelFile): Promise<Uint8Array> {
  let bytes: Uint8Array;
  try {
    bytes = await readFile(path);
  } catch (cause) {
    throw new VoxhandError('MODEL_NOT_FOUND', 'a file of the model cannot be read', {
      expected: file.path,
      found: String(cause),
      where: path,
      cause,
    });
  }
  const sha256 = createHash('sha256').update(bytes).digest('hex');
  if (bytes.length !== file.bytes || sha256 !== file.sha256) {
    throw new VoxhandError('MODEL_MISMATCH', 'a file of the model is not the one that its manifest names', {
      expected: `${file.bytes} bytes with sha256 ${file.sha256}`,
      found: `${bytes.length} bytes with sha256 ${sha256}`,
      where: path,
    });
  }
  return bytes;
}

/** The first dimension is open, and no other. */
function isOpen(tensor: InferenceSession.ValueMetadata): boolean {
  if (!tensor.isTensor) return false;
  const [first, ...rest] = tensor.shape;
  return typeof first === 'string' && rest.every((size) => typeof size === 'number');
}

/** A dimension that the graph leaves open (a name instead of a number) fits any. */
function checkTensor(
  kind: 'input' | 'output',
  found: readonly InferenceSession.ValueMetadata[],
  name: string,
  type: string,
  shape: readonly number[],
  path: string,
): void {
  const [only] = found;
  const fits =
    found.length === 1 &&
    only?.isTensor === true &&
    only.name === name &&
    only.type === type &&
    only.shape.length === shape.length &&
    only.shape.every((n, i) => typeof n === 'string' || n === shape[i]);
  if (fits) return;
  const text = (tensor: InferenceSession.ValueMetadata): string =>
    tensor.isTensor ? `${tensor.name}: ${tensor.type}[${tensor.shape.join(',')}]` : `${tensor.name}: no tensor`;
  throw new VoxhandError('MODEL_MISMATCH', `the graph's ${kind} is not the one that its manifest names`, {
    expected: `one tensor ${name}: ${type}[${shape.join(',')}]`,
    found: found.map(text).join(', ') || 'none',
    where: path,
  });
}
