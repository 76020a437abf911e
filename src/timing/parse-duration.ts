const UNITS: Readonly<Record<string, number>> = { ns: 1e-9, us: 1e-6, ms: 1e-3, s: 1, m: 60, min: 60, h: 3600 };

/**
 * Seconds of a text such as `20ms`, `1.5s`, `2m`, `-3s` or `1h`; a number without a unit is seconds.
 *
 * @returns undefined for any other text
 */
export function parseDuration(text: string): number | undefined {
  const match = /^([+-]?(?:\d+\.?\d*|\.\d+)(?:e[+-]?\d+)?)\s*([a-z]*)$/i.exec(text.trim());
  if (match === null) return undefined;
  const unit = match[2] === '' ? 1 : UNITS[match[2].toLowerCase()];
  const seconds = Number(match[1]) * (unit ?? Number.NaN);
  return Number.isFinite(seconds) ? seconds : undefined;
}
