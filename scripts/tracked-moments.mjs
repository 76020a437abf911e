/**
 * Results of the tracker on rendered pictures.
 *
 * @param options of `syntheticStream`
 * @param settings `KEY=VALUE` of the tracker, beside `policy=every`
 * @param see is shown each frame with its truth before it is tracked
 */
export async function* trackedMoments(options, settings = [], see = () => {}) {
  const [{ syntheticStream }, { parseConfig }, { HandTracker }, { loadParts }] = await Promise.all([
    import('../dist/synthetic/synthetic-stream.js'),
    import('../dist/tracking/config-file.js'),
    import('../dist/tracking/hand-tracker.js'),
    import('../dist/tracking/load-parts.js'),
  ]);
  const config = parseConfig('', 'settings', ['policy=every', ...settings]);
  const { close, ...parts } = await loadParts(config);
  try {
    const tracker = new HandTracker(config, parts);
    for (const seen of syntheticStream(options)) {
      see(seen);
      yield* await tracker.track(seen.frame);
    }
    yield* tracker.flush();
  } finally {
    await close();
  }
}
