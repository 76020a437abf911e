/** `; did you mean max?` where some of the known names are near to the one that was found, else nothing. */
export function didYouMean(found: string, known: readonly string[]): string {
  const near = known
    .map((name) => ({ name, distance: editDistance(plain(found), plain(name)) }))
    .sort((a, b) => a.distance - b.distance);
  const [nearest] = near;
  if (nearest !== undefined && nearest.distance <= Math.max(1, Math.floor(plain(found).length / 4))) {
    return `; did you mean ${nearest.name}?`;
  }
  const same = known.filter((name) => name !== found && lastPart(name) === lastPart(found));
  return same.length > 0 && same.length < 4 ? `; did you mean ${same.join(' or ')}?` : '';
}

/** Case, `_` and `-` are mistaken more often than letters. */
const plain = (name: string) => name.toLowerCase().replace(/[_-]/g, '');
const lastPart = (name: string) => name.slice(name.lastIndexOf('.') + 1);

/** Letters to insert, remove or replace to get from one word to the other (Levenshtein). */
function editDistance(a: string, b: string): number {
  let row = Array.from({ length: b.length + 1 }, (_, at) => at);
  for (let i = 1; i <= a.length; i++) {
    const next = [i];
    for (let j = 1; j <= b.length; j++) {
      next[j] = Math.min(next[j - 1] + 1, row[j] + 1, row[j - 1] + (a[i - 1] === b[j - 1] ? 0 : 1));
    }
    row = next;
  }
  return row[b.length];
}
