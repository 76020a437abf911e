import { toVoxhandError, VoxhandError } from '../errors/index.js';
import type { GridContext, Inference, InferenceResult } from './inference.js';

/**
 * All grids through the network: in one run where the graph allows it, else as many at once as the inference takes. Nothing else may
 * be given to it meanwhile.
 *
 * @returns for each grid, in order, its answer, or why there is none
 * @throws VoxhandError what one run for all of them rejects with
 */
export async function inferAll(
  inference: Inference,
  grids: readonly Uint8Array[],
  contexts: readonly GridContext[],
): Promise<readonly (InferenceResult | VoxhandError)[]> {
  if (grids.length > 1 && inference.inferBatch !== undefined) return inference.inferBatch(grids, contexts);
  const answers: (InferenceResult | VoxhandError)[] = [];
  let next = 0;
  const work = async (): Promise<void> => {
    for (let i = next++; i < grids.length; i = next++) {
      answers[i] = await inference.infer(grids[i], contexts[i]).catch((thrown: unknown) => toVoxhandError(thrown));
    }
  };
  const { capacity = 2 } = inference;
  await Promise.all(Array.from({ length: Math.min(capacity, grids.length) }, work));
  return answers;
}

/**
 * The answers to all grids of a frame. Where one is missing, the others are released.
 *
 * @throws VoxhandError why the first one of those is missing
 */
export function allAnswers(answers: readonly (InferenceResult | VoxhandError)[]): InferenceResult[] {
  const given = answers.flatMap((answer) => (answer instanceof VoxhandError ? [] : [answer]));
  const missing = answers.find((answer) => answer instanceof VoxhandError);
  if (missing === undefined) return given;
  for (const answer of given) answer.release();
  throw missing;
}
