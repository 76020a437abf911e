/** A value of a message for an error text; never throws, however the message was made. */
export function shown(value: unknown): string {
  if (typeof value === 'string') return JSON.stringify(value.length > 60 ? `${value.slice(0, 60)}...` : value);
  return value === null || (typeof value !== 'object' && typeof value !== 'function') ? String(value) : typeof value;
}
