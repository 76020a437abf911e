/** Log-odds to a probability. */
export function sigmoid(logit: number): number {
  return 1 / (1 + Math.exp(-logit));
}

/** A probability to log-odds, at most 12 either way: no score is surer than that. */
export function logit(probability: number): number {
  const p = Math.min(Math.max(probability, 6e-6), 1 - 6e-6);
  return Math.log(p / (1 - p));
}
