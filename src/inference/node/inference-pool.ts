import type { Inference, InferenceStatus } from '../inference.js';

/** Calls that a worker takes at once: one in the network, one behind it. */
const MOST_CALLS = 2;
/** The states from the best to the worst. */
const STATES: readonly InferenceStatus['state'][] = ['ready', 'restarting', 'failed', 'closed'];

/**
 * Several workers with the same network as one inference: as many grids are in the network at once, each on a core of its own. A call goes
 * to the worker with the fewest of them that is ready. The state is the worst one of any worker; counts are of all of them together.
 *
 * @param workers at least one; closing the pool closes them
 */
export function inferencePool(workers: readonly Inference[]): Inference {
  const lanes = workers.map((worker) => ({ worker, calls: 0 }));
  type Lane = (typeof lanes)[number];
  const rank = ({ worker, calls }: Lane) => {
    const state = STATES.indexOf(worker.status().state);
    return calls < MOST_CALLS ? MOST_CALLS * state + calls : Number.POSITIVE_INFINITY;
  };
  return {
    model: workers[0].model,
    capacity: MOST_CALLS * workers.length,
    async infer(grid, context) {
      const lane = lanes.reduce((best, one) => (rank(one) < rank(best) ? one : best));
      lane.calls++;
      try {
        return await lane.worker.infer(grid, context);
      } finally {
        lane.calls--;
      }
    },
    status() {
      const all = workers.map((worker) => worker.status());
      const worst = all.reduce((a, b) => (STATES.indexOf(b.state) > STATES.indexOf(a.state) ? b : a));
      const sum = (key: 'inferences' | 'restarts' | 'lost') => all.reduce((total, one) => total + one[key], 0);
      return { ...worst, inferences: sum('inferences'), restarts: sum('restarts'), lost: sum('lost') };
    },
    async close() {
      await Promise.all(workers.map((worker) => worker.close()));
    },
  };
}
