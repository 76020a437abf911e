/** A value of a message for an error text; never throws, however the message was made. */
export function shown(value: unknown): string {
  if (typeof value === 'string') return JSON.stringify(value.length > 60 ? `${value.slice(0, 60)}...` : value);
  return value === null || (typeof value !== 'object' && typeof value !== 'function') ? String(value) : typeof value;
}

/** Longer lists are cut after this many names. */
const MOST_NAMES = 30;

/** Names in a row, for a message; of very many the first, and how many more there are. */
export function listed(names: readonly string[]): string {
  const more = names.length - MOST_NAMES;
  return more > 0 ? `${names.slice(0, MOST_NAMES).join(', ')} and ${more} more` : names.join(', ');
}
