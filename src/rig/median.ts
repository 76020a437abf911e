/** The middle one of the values, of an even number the larger of both; undefined without any. They are only read. */
export function median(values: readonly number[]): number | undefined {
  return [...values].sort((a, b) => a - b)[values.length >> 1];
}
