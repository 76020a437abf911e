import { InvalidArgumentError } from 'commander';
import { parseDuration } from '../timing/parse-duration.js';

/** Readers of option values for commander, which shows their messages after the option's name. */

export function number(text: string): number {
  const value = Number(text);
  if (text.trim() === '' || !Number.isFinite(value)) throw new InvalidArgumentError('Expected a number.');
  return value;
}

export function positive(text: string): number {
  const value = number(text);
  if (value <= 0) throw new InvalidArgumentError('Expected a number greater than 0.');
  return value;
}

export function within(least: number, most: number): (text: string) => number {
  return (text) => {
    const value = number(text);
    if (value < least || value > most) throw new InvalidArgumentError(`Expected a number from ${least} to ${most}.`);
    return value;
  };
}

export function whole(text: string): number {
  const value = number(text);
  if (!Number.isSafeInteger(value)) throw new InvalidArgumentError('Expected a whole number.');
  return value;
}

export function count(text: string): number {
  const value = whole(text);
  if (value < 1) throw new InvalidArgumentError('Expected a whole number from 1 on.');
  return value;
}

export function nanoseconds(text: string): bigint {
  if (!/^\d+$/.test(text)) throw new InvalidArgumentError('Expected whole nanoseconds, 0 or more.');
  return BigInt(text);
}

/** Seconds, 0 or more, of `500ms`, `10s`, `2m`, `1h`, or of a number of seconds. */
export function duration(text: string): number {
  const seconds = parseDuration(text);
  if (seconds === undefined || seconds < 0)
    throw new InvalidArgumentError('Expected a time such as 500ms, 10s, 2m or 1h.');
  return seconds;
}

const BYTE_UNITS: Readonly<Record<string, number>> = {
  b: 1,
  k: 1e3,
  kb: 1e3,
  kib: 2 ** 10,
  m: 1e6,
  mb: 1e6,
  mib: 2 ** 20,
  g: 1e9,
  gb: 1e9,
  gib: 2 ** 30,
  t: 1e12,
  tb: 1e12,
  tib: 2 ** 40,
};

/** Bytes of `500MB`, `2GiB`, or of a number of bytes. */
export function byteCount(text: string): number {
  const [, digits, unit] = /^(\d+\.?\d*)\s*([a-z]*)$/i.exec(text.trim()) ?? [];
  const bytes = Math.round(Number(digits) * (unit === '' ? 1 : (BYTE_UNITS[unit?.toLowerCase() ?? ''] ?? Number.NaN)));
  if (!Number.isSafeInteger(bytes)) throw new InvalidArgumentError('Expected a size such as 500MB or 2GiB.');
  return bytes;
}

/** The same, more than 0. */
export function byteLimit(text: string): number {
  const bytes = byteCount(text);
  if (bytes < 1) throw new InvalidArgumentError('Expected a size greater than 0, such as 500MB or 2GiB.');
  return bytes;
}

/** A {@link duration} of more than 0. */
export function timeLimit(text: string): number {
  const seconds = duration(text);
  if (seconds <= 0) throw new InvalidArgumentError('Expected a time greater than 0, such as 500ms, 10s, 2m or 1h.');
  return seconds;
}

export function port(text: string): number {
  const value = whole(text);
  if (value < 0 || value > 65_535) throw new InvalidArgumentError('Expected a port from 0 to 65535.');
  return value;
}

/** For an option that may be given several times. */
export function collect(text: string, before: readonly string[] = []): readonly string[] {
  return [...before, text];
}

/** Where a recording can be played to: on a ROS 2 graph, or to viewers by a Foxglove server. */
export const LIVE_SINKS = ['ros2', 'serve'] as const;
export type LiveSinkName = (typeof LIVE_SINKS)[number];
