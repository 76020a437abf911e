import { type InferenceSession, Tensor } from 'onnxruntime-node';
import { toVoxhandError, VoxhandError } from '../../errors/voxhand-error.js';
import { checkHands } from '../answers/hands-answer.js';
import type { DetectorManifest } from '../detector-manifest.js';
import type { Provider } from '../provider.js';
import { selfTestPicture } from '../self-test.js';
import type { OpenModel } from './open-model.js';
import { checkTensor, openSession } from './session.js';
import type { AnswerFloats, GridBytes, NetworkSetup, PictureSize } from './worker-protocol.js';

/** A network that finds hands in depth pictures of any size, on one provider. Lives in the worker. */
export class DetectorNetwork implements OpenModel {
  readonly batches = false;
  readonly #session: InferenceSession;
  readonly #manifest: DetectorManifest;

  private constructor(session: InferenceSession, manifest: DetectorManifest) {
    this.#session = session;
    this.#manifest = manifest;
  }

  /** Open, self-test and warm up; nothing stays open after an error. */
  static async open(
    manifest: DetectorManifest,
    { paths: [path], threads, warmUp }: Pick<NetworkSetup, 'paths' | 'threads' | 'warmUp'>,
    provider: Provider,
  ): Promise<DetectorNetwork> {
    const session = await openSession(path, manifest.files[0], provider, threads);
    const network = new DetectorNetwork(session, manifest);
    const { input, output } = manifest;
    try {
      const open = undefined;
      checkTensor('input', session.inputMetadata, input.tensor, input.type, [1, 1, open, open], path);
      checkTensor('output', session.outputMetadata, output.tensor, 'float32', [1, output.channels, open, open], path);
      await network.#selfTest(path);
      for (let i = 0; i < warmUp; i++) await network.#selfTest(path);
      return network;
    } catch (error) {
      await network.release();
      throw error;
    }
  }

  async run(bytes: GridBytes, _spare: readonly AnswerFloats[], size?: PictureSize) {
    const { width, height } = size as PictureSize;
    const picture = new Float32Array(bytes.buffer, bytes.byteOffset, width * height);
    const began = performance.now();
    const answer = await this.#answer(picture, width, height);
    return { answers: [answer], runSeconds: (performance.now() - began) / 1000 };
  }

  runBatch(): never {
    throw new VoxhandError('INTERNAL', 'pictures go through a detector one by one');
  }

  async release(): Promise<void> {
    await this.#session.release();
  }

  async #answer(picture: Float32Array, width: number, height: number): Promise<AnswerFloats> {
    const { input, output } = this.#manifest;
    const feeds = { [input.tensor]: new Tensor(input.type, picture, [1, 1, height, width]) };
    const { data, dims } = (await this.#session.run(feeds))[output.tensor];
    const wanted = [1, output.channels, height / output.stride, width / output.stride];
    if (wanted.some((n, i) => dims[i] !== n)) {
      throw new VoxhandError('INFERENCE_FAILED', 'the detector answered another size', {
        expected: `[${wanted.join(', ')}] for ${width} x ${height} pixels`,
        found: `[${dims.join(', ')}]`,
      });
    }
    return Float32Array.from(data as Float32Array); // onnxruntime's own memory cannot be moved
  }

  async #selfTest(path: string): Promise<void> {
    const { selfTest } = this.#manifest;
    const { width, height } = selfTest;
    let answer: Float32Array;
    try {
      answer = await this.#answer(selfTestPicture(this.#manifest), width, height);
    } catch (cause) {
      const { message: found } = toVoxhandError(cause);
      throw new VoxhandError('MODEL_MISMATCH', 'the model fails its self-test', { found, where: path, cause });
    }
    checkHands(answer, width / this.#manifest.output.stride, selfTest, path);
  }
}
