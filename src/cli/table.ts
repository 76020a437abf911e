/** A longer cell is cut unless it is the last of its row: names come from recordings, and one would widen every row. */
const MOST_LETTERS = 120;

/** Rows as aligned columns; columns named in `right` end at the same place. */
export function table(given: readonly (readonly string[])[], right: readonly number[] = []): string[] {
  const rows = given.map((row) =>
    row.map((cell, i) =>
      i < row.length - 1 && cell.length > MOST_LETTERS ? `${cell.slice(0, MOST_LETTERS)}...` : cell,
    ),
  );
  const columns = Math.max(0, ...rows.map((row) => row.length));
  const widths = Array.from({ length: columns }, (_, i) => Math.max(...rows.map((row) => (row[i] ?? '').length)));
  return rows.map((row) =>
    row
      .map((cell, i) => (right.includes(i) ? cell.padStart(widths[i]) : cell.padEnd(widths[i])))
      .join('  ')
      .trimEnd(),
  );
}

/** `5.6 MB` */
export function bytes(count: number): string {
  if (count < 1000) return `${count} bytes`;
  const [unit, size] =
    count < 1e6 ? (['kB', 1e3] as const) : count < 1e9 ? (['MB', 1e6] as const) : (['GB', 1e9] as const);
  return `${(count / size).toFixed(1)} ${unit}`;
}

/** `12 (zone-empty 9, too-small 3)`, or `0`. */
export function byReason(counts: Readonly<Record<string, number>>): string {
  const entries = Object.entries(counts);
  const sum = entries.reduce((total, [, count]) => total + count, 0);
  return sum === 0 ? '0' : `${sum} (${entries.map(([reason, count]) => `${reason} ${count}`).join(', ')})`;
}
