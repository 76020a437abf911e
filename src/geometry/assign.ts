/**
 * The assignment of rows to columns with the least total cost: each row gets one column of its own or none. It is the Hungarian method with
 * row and column potentials, O(rows^2 * (rows + columns)).
 *
 * @param costs `costs[row][column]`; what is not finite is out of the question. Only read
 * @param none what a row without a column costs; a column that costs more is never taken
 * @returns the column of each row, undefined where it has none
 */
export function assign(costs: readonly ArrayLike<number>[], none: number): (number | undefined)[] {
  const rows = costs.length;
  const columns = rows === 0 ? 0 : costs[0].length;
  // one more column for each row stands for none
  const count = columns + rows;
  const cost = (row: number, column: number): number => {
    if (column >= columns) return none;
    const value = costs[row][column];
    return value < none ? value : 2 * none + 1;
  };
  const rowPotential = new Float64Array(rows);
  const columnPotential = new Float64Array(count);
  const rowOf = new Int32Array(count).fill(-1);
  for (let start = 0; start < rows; start++) {
    const least = new Float64Array(count).fill(Number.POSITIVE_INFINITY);
    const before = new Int32Array(count).fill(-1);
    const seen = new Uint8Array(count);
    let row = start;
    let column = -1;
    for (;;) {
      let next = -1;
      for (let k = 0; k < count; k++) {
        if (seen[k] === 1) continue;
        const reduced = cost(row, k) - rowPotential[row] - columnPotential[k];
        if (reduced < least[k]) {
          least[k] = reduced;
          before[k] = column;
        }
        if (next < 0 || least[k] < least[next]) next = k;
      }
      const step = least[next];
      rowPotential[start] += step;
      for (let k = 0; k < count; k++) {
        if (seen[k] === 1) {
          rowPotential[rowOf[k]] += step;
          columnPotential[k] -= step;
        } else {
          least[k] -= step;
        }
      }
      seen[next] = 1;
      column = next;
      if (rowOf[column] < 0) break;
      row = rowOf[column];
    }
    for (let k = column; k >= 0; k = before[k]) rowOf[k] = before[k] < 0 ? start : rowOf[before[k]];
  }
  const taken: (number | undefined)[] = Array(rows).fill(undefined);
  for (let k = 0; k < columns; k++) if (rowOf[k] >= 0) taken[rowOf[k]] = k;
  return taken;
}
