/** The steps of a frame's way whose durations are measured. */
export const STAGES = ['decode', 'reference', 'refine', 'voxels', 'inference', 'heatmaps', 'smoothing'] as const;
export type Stage = (typeof STAGES)[number];

/** Seconds of some monotonic clock; the only clock in the pipeline, and it only measures. */
export type Stopwatch = () => number;

/** Durations of one stage, seconds. */
export interface StageSummary {
  readonly count: number;
  readonly p50: number;
  readonly p99: number;
  readonly mean: number;
  readonly max: number;
}

/** Durations kept a stage: the newest ones, so that memory does not grow with the recording. */
const KEPT = 4096;

/** Collects the durations of stages in bounded memory. Quantiles are over the newest 4,096, mean and maximum over all. */
export class StageTimes {
  readonly #rings = new Map<Stage, { ring: Float64Array; count: number; sum: number; max: number }>();

  add(stage: Stage, seconds: number): void {
    let entry = this.#rings.get(stage);
    if (entry === undefined) {
      entry = { ring: new Float64Array(KEPT), count: 0, sum: 0, max: 0 };
      this.#rings.set(stage, entry);
    }
    entry.ring[entry.count++ % KEPT] = seconds;
    entry.sum += seconds;
    if (seconds > entry.max) entry.max = seconds;
  }

  summary(): Partial<Record<Stage, StageSummary>> {
    const result: Partial<Record<Stage, StageSummary>> = {};
    for (const stage of STAGES) {
      const entry = this.#rings.get(stage);
      if (entry === undefined) continue;
      const { ring, count, sum, max } = entry;
      const kept = ring.slice(0, Math.min(count, KEPT)).sort();
      const at = (share: number) => kept[Math.min(kept.length - 1, Math.floor(share * kept.length))];
      result[stage] = { count, p50: at(0.5), p99: at(0.99), mean: sum / count, max };
    }
    return result;
  }
}
