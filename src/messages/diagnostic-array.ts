import type { DiagnosticArrayMessage } from './generated.js';
import { header } from './parts.js';

/** How a part of a node is, in the order of `diagnostic_msgs/DiagnosticStatus.level`. `stale`: it was there and has stopped. */
export const DIAGNOSTIC_LEVELS = ['ok', 'warn', 'error', 'stale'] as const;
export type DiagnosticLevel = (typeof DIAGNOSTIC_LEVELS)[number];

/** One part of a node: how it is, in one sentence, and the figures behind it. */
export interface Diagnostic {
  /** `hand_tracker: input` */
  readonly name: string;
  readonly level: DiagnosticLevel;
  readonly message: string;
  /** Shown as text; numbers in their shortest form, undefined ones left out. */
  readonly values: Readonly<Record<string, string | number | bigint | boolean | undefined>>;
}

/**
 * Diagnostics as `diagnostic_msgs/msg/DiagnosticArray`.
 *
 * @param stamp of the report, nanoseconds on the bus's clock.
 * @param hardwareId what the node is about, the same in all of them: a camera's name.
 *
 * @example
 * ```ts
 * toDiagnosticArray(0n, [{ name: 'hand_tracker: input', level: 'ok', message: '30.0 Hz', values: { rate_hz: 30 } }]);
 * ```
 */
export function toDiagnosticArray(
  stamp: bigint,
  diagnostics: readonly Diagnostic[],
  hardwareId = '',
): DiagnosticArrayMessage {
  return {
    header: header(stamp, ''),
    status: diagnostics.map(({ name, level, message, values }) => ({
      level: DIAGNOSTIC_LEVELS.indexOf(level),
      name,
      message,
      hardware_id: hardwareId,
      values: Object.entries(values).flatMap(([key, value]) =>
        value === undefined ? [] : [{ key, value: String(value) }],
      ),
    })),
  };
}
