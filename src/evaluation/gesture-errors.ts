import type { Handedness } from '../hand/index.js';
import { nanoseconds } from '../timing/index.js';
import { alignColumns } from './report-text.js';

/** A gesture, interaction or enabling that was told to begin. */
export interface ToldGesture {
  readonly gesture: string;
  /** Of the depth frame, nanoseconds. */
  readonly stamp: bigint;
  readonly handedness: Handedness;
}

/** One that is made. */
export interface MadeGesture {
  readonly gesture: string;
  /** From its moment on, and until when; the same for what is over at once. Nanoseconds. */
  readonly from: bigint;
  readonly to: bigint;
  readonly handedness: Handedness;
  /** It may be told or not: neither is wrong. */
  readonly optional: boolean;
}

export interface GestureErrorOptions {
  /** How much of the time is told about, seconds: what false ones per hour are taken of. */
  readonly seconds: number;
  /** A gesture may be told so long before its moment, and so long after it or while it lasts, seconds. Default 0.25 and 0.5. */
  readonly early?: number;
  readonly late?: number;
}

/** How well one gesture is told; plain JSON. Shares and times are null where there is nothing to take them of. */
export interface GestureReport {
  readonly gesture: string;
  readonly made: number;
  readonly found: number;
  /** Told where none was made, or again while it still was. */
  readonly falseOnes: number;
  readonly recall: number | null;
  readonly precision: number | null;
  readonly falsePerHour: number | null;
  /** From its moment to the stamp of the frame in which it was told, seconds; negative where that was earlier. */
  readonly latencyMedian: number | null;
  readonly latencyP95: number | null;
}

export interface GestureErrorReport {
  readonly seconds: number;
  /** In the order of their names. */
  readonly gestures: readonly GestureReport[];
  /** All of them together. */
  readonly all: GestureReport;
}

/**
 * Compare told gestures with those that were made.
 *
 * Each gesture that is made takes the first telling of its name within its time, by a hand of its side (or of an unknown one). What is left
 * is false, unless it falls into the time of an optional one.
 */
export function gestureErrors(
  told: readonly ToldGesture[],
  made: readonly MadeGesture[],
  { seconds, early = 0.25, late = 0.5 }: GestureErrorOptions,
): GestureErrorReport {
  const names = [
    ...new Set([...made.filter(({ optional }) => !optional), ...told].map(({ gesture }) => gesture)),
  ].sort();
  const margin = { early: nanoseconds(early), late: nanoseconds(late) };
  const counts = names.map((name) => countOf(name, told, made, margin));
  return {
    seconds,
    gestures: counts.map((count) => reportOf(count, seconds)),
    all: reportOf(
      {
        gesture: 'all',
        made: counts.reduce((sum, count) => sum + count.made, 0),
        falseOnes: counts.reduce((sum, count) => sum + count.falseOnes, 0),
        latencies: counts.flatMap(({ latencies }) => latencies),
      },
      seconds,
    ),
  };
}

/** As a table of plain text. */
export function formatGestureErrors({ gestures, all, seconds }: GestureErrorReport): string {
  const percent = (share: number | null): string => (share === null ? '-' : `${(100 * share).toFixed(1)}%`);
  const ms = (value: number | null): string => (value === null ? '-' : (1000 * value).toFixed(0));
  const rows = [...gestures, all].map((row) => [
    row.gesture,
    `${row.found}/${row.made}`,
    percent(row.recall),
    percent(row.precision),
    `${row.falseOnes}`,
    row.falsePerHour === null ? '-' : row.falsePerHour.toFixed(1),
    ms(row.latencyMedian),
    ms(row.latencyP95),
  ]);
  const head = ['', 'found', 'recall', 'precision', 'false', 'an hour', 'p50, ms', 'p95, ms'];
  const note = `Over ${seconds.toFixed(1)} s. Latency: from the true moment to the stamp of the frame that told it.`;
  return [...alignColumns([head, ...rows]), '', note].join('\n');
}

interface Count {
  readonly gesture: string;
  readonly made: number;
  readonly falseOnes: number;
  /** Of those that were found, seconds. */
  readonly latencies: readonly number[];
}

function countOf(
  gesture: string,
  told: readonly ToldGesture[],
  made: readonly MadeGesture[],
  { early, late }: { readonly early: bigint; readonly late: bigint },
): Count {
  const open = told.filter((one) => one.gesture === gesture).sort((a, b) => Number(a.stamp - b.stamp));
  const mine = made.filter((one) => one.gesture === gesture);
  const meant = mine.filter(({ optional }) => !optional).sort((a, b) => Number(a.from - b.from));
  const fits = ({ stamp, handedness }: ToldGesture, { from, to, handedness: side }: MadeGesture): boolean => {
    const end = to > from + late ? to : from + late;
    return (
      stamp >= from - early && stamp <= end && (handedness === side || handedness === 'unknown' || side === 'unknown')
    );
  };
  const latencies: number[] = [];
  for (const one of meant) {
    const index = open.findIndex((event) => fits(event, one));
    if (index < 0) continue;
    latencies.push(Number(open[index].stamp - one.from) / 1e9);
    open.splice(index, 1);
  }
  const optional = mine.filter((one) => one.optional);
  const falseOnes = open.filter((event) => !optional.some((one) => fits(event, one))).length;
  return { gesture, made: meant.length, falseOnes, latencies };
}

function reportOf({ gesture, made, falseOnes, latencies }: Count, seconds: number): GestureReport {
  const found = latencies.length;
  const sorted = [...latencies].sort((a, b) => a - b);
  const quantile = (share: number): number | null => sorted[Math.max(0, Math.ceil(share * found) - 1)] ?? null;
  const share = (part: number, whole: number): number | null => (whole > 0 ? part / whole : null);
  return {
    ...{ gesture, made, found, falseOnes },
    recall: share(found, made),
    precision: share(found, found + falseOnes),
    falsePerHour: share(3600 * falseOnes, seconds),
    latencyMedian: quantile(0.5),
    latencyP95: quantile(0.95),
  };
}
