import type { ComparisonDrawing, ContentReport } from './comparison-meter.js';
import type { EventComparison } from './event-comparison.js';
import type { ProvenanceDifference } from './provenance.js';
import type { TimingReport } from './stream-timing.js';
import type { Tolerances } from './tolerances.js';

/** What could not be read of a recording. */
export interface ComparedLoss {
  readonly code: string;
  readonly message: string;
}

/** One of the two recordings. */
export interface ComparedRecording {
  readonly path: string;
  /** Results that could not be decoded: they count as not there. */
  readonly unreadable: number;
  /** The recording breaks off or is damaged: what follows is not compared. */
  readonly loss: ComparedLoss | null;
}

/** Something that a tolerance says about. */
export interface Criterion {
  /** `joints.mean_mm`, `joint.thumb_tip.max_mm`, `results.missing`, as in a file of tolerances but for the groups. */
  readonly id: string;
  /** In words: `mean distance of thumb_tip`. */
  readonly what: string;
  readonly unit: 'mm' | 's' | '';
  /** Null where there was nothing to measure. */
  readonly value: number | null;
  readonly limit: number;
  readonly ok: boolean;
}

/**
 * `same`: not a digit differs. `within`: it differs, by no more than the tolerances say. `not`: it differs by more, or there
 * was nothing to compare.
 */
export type Verdict = 'same' | 'within' | 'not';

/** A stage's times in both recordings, where they are recorded. */
export interface StageTimeDifference {
  readonly what: string;
  readonly golden: number | null;
  readonly new: number | null;
}

/** Two recordings compared: what differs, and whether it may. Plain JSON but for the stamps, which are bigint. */
export interface Comparison extends ContentReport {
  readonly verdict: Verdict;
  /** Every criterion that is not met, in words; empty unless the verdict is `not`. */
  readonly reasons: readonly string[];
  readonly topic: string;
  readonly golden: ComparedRecording;
  readonly new: ComparedRecording;
  /** Null where neither recording has gesture events. */
  readonly events: EventComparison | null;
  /** When results were there; apart from what they say. */
  readonly timing: {
    readonly golden: TimingReport;
    readonly new: TimingReport;
    readonly stages: readonly StageTimeDifference[];
  };
  readonly provenance: readonly ProvenanceDifference[];
  readonly criteria: readonly Criterion[];
  readonly tolerances: Tolerances;
}

/** A comparison, and what its report is drawn from. */
export interface DrawnComparison {
  readonly comparison: Comparison;
  readonly drawing: ComparisonDrawing;
}

/** Was either recording not read to its end, or not in all its results? */
export function comparedWithLoss({ golden, new: found, events }: Comparison): boolean {
  return (
    [golden, found].some(({ loss, unreadable }) => loss !== null || unreadable > 0) || (events?.notCompared ?? 0) > 0
  );
}
