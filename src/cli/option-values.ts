import { InvalidArgumentError } from 'commander';

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

/** For an option that may be given several times. */
export function collect(text: string, before: readonly string[] = []): readonly string[] {
  return [...before, text];
}
