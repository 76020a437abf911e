/** More names than this are not read by anybody. */
const MOST_NAMES = 30;

/** Names in a row, for a message; of very many the first, and how many more there are. */
export function listed(names: readonly string[]): string {
  const more = names.length - MOST_NAMES;
  return more > 0 ? `${names.slice(0, MOST_NAMES).join(', ')} and ${more} more` : names.join(', ');
}
