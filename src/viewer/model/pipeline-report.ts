import { DIAGNOSTIC_LEVELS, type DiagnosticLevel } from '../../messages/diagnostic-array.js';
import type { DiagnosticArrayMessage } from '../../messages/generated.js';

export interface StageTime {
  readonly name: string;
  /** Milliseconds. */
  readonly p50: number;
  readonly p99: number | undefined;
}

/** What a tracker's diagnostics say, by meaning. What they do not say is undefined or empty. */
export interface PipelineReport {
  /** Everything that is not in order: who and what. */
  readonly alerts: readonly { readonly level: DiagnosticLevel; readonly name: string; readonly text: string }[];
  /** Frames a second that come in. */
  readonly inputRate: number | undefined;
  readonly framesIn: number | undefined;
  /** Milliseconds from the frame's stamp to the result's publishing. */
  readonly age: { readonly p50: number; readonly p99: number | undefined } | undefined;
  readonly dropped: ReadonlyMap<string, number>;
  readonly stages: readonly StageTime[];
  readonly provider: string | undefined;
  readonly model: string | undefined;
}

const MOST_VALUES = 400;

/** One of these is in every report of a tracker. */
const OWN_KEYS = ['frames_in', 'provider_actual', 'age_p50_ms'];

/**
 * Read by the keys that a voxhand node gives them, in whatever part of it they stand.
 *
 * @returns undefined for diagnostics of something else: others share the topic.
 */
export function readReport(message: unknown): PipelineReport | undefined {
  const { status } = message as DiagnosticArrayMessage;
  const values = new Map<string, string>();
  for (const { key, value } of status.flatMap((one) => one.values).slice(0, MOST_VALUES)) {
    if (!values.has(key)) values.set(key, value);
  }
  if (!OWN_KEYS.some((key) => values.has(key))) return undefined;
  const number = (key: string) => {
    const value = Number(values.get(key) || Number.NaN);
    return Number.isFinite(value) ? value : undefined;
  };
  const matching = (pattern: RegExp) =>
    [...values].flatMap(([key, value]) => {
      const match = pattern.exec(key);
      return match && Number.isFinite(Number(value)) ? [[match[1], Number(value)] as const] : [];
    });
  const p50 = number('age_p50_ms');
  const tails = new Map(matching(/^stage\.(.+)_p99_ms$/));
  const asked = values.get('provider_requested');
  const actual = values.get('provider_actual');
  return {
    alerts: status
      .filter(({ level }) => Number(level) !== 0)
      .map(({ level, name, message: text }) => ({
        level: DIAGNOSTIC_LEVELS[Number(level)] ?? 'error',
        name: partName(name),
        text,
      })),
    inputRate: number('rate_hz'),
    framesIn: number('frames_in'),
    age: p50 === undefined ? undefined : { p50, p99: number('age_p99_ms') },
    dropped: new Map(matching(/^(?:bus_)?dropped\.(.+)$/).filter(([, count]) => count > 0)),
    stages: matching(/^stage\.(.+)_p50_ms$/).map(([name, median]) => ({ name, p50: median, p99: tails.get(name) })),
    provider: actual !== undefined && asked !== undefined && asked !== actual ? `${actual}, not ${asked}` : actual,
    model: joined(values.get('model'), values.get('model_version')),
  };
}

/** `hand_tracker: input` without the node. */
function partName(name: string): string {
  return name.replace(/^[^:]*:\s*/, '');
}

function joined(name: string | undefined, version: string | undefined): string | undefined {
  return name !== undefined && version !== undefined ? `${name} ${version}` : name;
}
