import { createHash } from 'node:crypto';
import { readFile, stat } from 'node:fs/promises';
import { env, InferenceSession } from 'onnxruntime-node';
import { VoxhandError } from '../../errors/voxhand-error.js';
import type { ModelFile } from '../model-manifest.js';
import type { Provider } from '../provider.js';

// Native log lines on stderr would repeat what is thrown; errors are thrown in any case.
env.logLevel = 'fatal';

/**
 * A session on one provider alone: where it cannot run the whole graph, that is an error.
 *
 * @throws VoxhandError `MODEL_NOT_FOUND`, `MODEL_MISMATCH` (size, sha256), or whatever onnxruntime throws
 */
export async function openSession(
  path: string,
  file: ModelFile,
  provider: Provider,
  threads: number,
): Promise<InferenceSession> {
  return InferenceSession.create(await readVerified(path, file), {
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
}

async function readVerified(path: string, file: ModelFile): Promise<Uint8Array> {
  let bytes: Uint8Array;
  try {
    // what is no file, or of another size, is not read
    const found = await stat(path);
    if (!found.isFile() || found.size !== file.bytes)
      throw changed(path, file, found.isFile() ? `${found.size} bytes` : 'no file');
    bytes = await readFile(path);
  } catch (cause) {
    if (cause instanceof VoxhandError) throw cause;
    throw new VoxhandError('MODEL_NOT_FOUND', 'a file of the model cannot be read', {
      expected: file.path,
      found: String(cause),
      where: path,
      cause,
    });
  }
  const sha256 = createHash('sha256').update(bytes).digest('hex');
  if (bytes.length !== file.bytes || sha256 !== file.sha256) {
    throw changed(path, file, `${bytes.length} bytes with sha256 ${sha256}`);
  }
  return bytes;
}

function changed(path: string, file: ModelFile, found: string): VoxhandError {
  return new VoxhandError('MODEL_MISMATCH', 'a file of the model is not the one that its manifest names', {
    expected: `${file.bytes} bytes with sha256 ${file.sha256}`,
    found,
    where: path,
  });
}

/**
 * A dimension that the graph leaves open (a name instead of a number) fits any; one that is `undefined` must be open.
 *
 * @throws VoxhandError `MODEL_MISMATCH`
 */
export function checkTensor(
  kind: 'input' | 'output',
  found: readonly InferenceSession.ValueMetadata[],
  name: string,
  type: string,
  shape: readonly (number | undefined)[],
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
    expected: `one tensor ${name}: ${type}[${shape.map((n) => n ?? '?').join(',')}]`,
    found: found.map(text).join(', ') || 'none',
    where: path,
  });
}
