/** JSON of a result; whole numbers of 64 bits (nanoseconds) become strings, as JSON's numbers do not hold them. */
export function toJson(value: unknown): string {
  return JSON.stringify(value, (_, inner: unknown) => (typeof inner === 'bigint' ? inner.toString() : inner), 2);
}
