import type { Inference } from '../inference/inference.js';
import type { TrackerParts } from './hand-tracker.js';

/**
 * The networks of a tracker for several trackers that work at once: a call that they cannot take yet waits for its turn, in the order in
 * which the calls came.
 */
export function sharedParts<Parts extends TrackerParts>(parts: Parts): Parts {
  const { inference, detection, refiner } = parts;
  const [detecting, verifying, refining] = [atMost(1), atMost(1), atMost(1)];
  return {
    ...parts,
    inference: sharedInference(inference),
    ...(detection && {
      detection: {
        detector: { detect: (...given) => detecting(() => detection.detector.detect(...given)) },
        verifier: { verify: (...given) => verifying(() => detection.verifier.verify(...given)) },
      },
    }),
    ...(refiner && {
      refiner: { kind: refiner.kind, refine: (...given) => refining(async () => refiner.refine(...given)) },
    }),
  };
}

function sharedInference(inference: Inference): Inference {
  const { model, capacity = 2 } = inference;
  const running = atMost(capacity);
  return {
    ...{ model, capacity },
    infer: (...given) => running(() => inference.infer(...given)),
    ...(inference.inferBatch && {
      inferBatch: (...given) => running(() => (inference as Required<Inference>).inferBatch(...given)),
    }),
    status: () => inference.status(),
    close: () => inference.close(),
  };
}

/** Runs what it is given, so many at once at most. */
function atMost(most: number): <Result>(work: () => Promise<Result>) => Promise<Result> {
  const waiting: (() => void)[] = [];
  let free = most;
  return async (work) => {
    if (free > 0) free--;
    else await new Promise<void>((turn) => waiting.push(turn));
    try {
      return await work();
    } finally {
      const next = waiting.shift();
      if (next === undefined) free++;
      else next();
    }
  };
}
