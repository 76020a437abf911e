import { createReadStream, existsSync } from 'node:fs';
import { open } from 'node:fs/promises';
import { createInterface } from 'node:readline';
import { deserialize, serialize } from 'node:v8';

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

/**
 * The same, kept in a file as they come, one line per call: rules can be changed and measured again without the network. What a file has is not
 * tracked again, even if it has fewer frames than asked for: of a run that was ended early it has those up to then.
 *
 * @param file undefined: nothing is kept
 */
export async function* keptMoments(file, options, settings, see = () => {}) {
  if (file === undefined) yield* trackedMoments(options, settings, see);
  else if (existsSync(file)) yield* readMoments(file, options.frames, see);
  else yield* writeMoments(file, options, settings, see);
}

async function* writeMoments(file, options, settings, see) {
  const kept = await open(file, 'w');
  const keep = (kind, value) => kept.write(`${serialize([kind, value]).toString('base64')}.\n`);
  let waiting = [];
  const show = (seen) => {
    const { frame, truths } = seen;
    waiting.push({ frame: { stamp: frame.stamp, frameId: frame.frameId }, truths });
    see(seen);
  };
  try {
    for await (const moment of trackedMoments(options, settings, show)) {
      for (const seen of waiting) await keep('seen', seen);
      waiting = [];
      await keep('moment', { ...moment, hands: moment.hands.map(({ image, angles, ...hand }) => hand) });
      yield moment;
    }
  } finally {
    await kept.close();
  }
}

async function* readMoments(file, frames, see) {
  let seen = 0;
  for await (const line of createInterface({ input: createReadStream(file) })) {
    if (!line.endsWith('.')) return; // it was cut off
    const [kind, value] = deserialize(Buffer.from(line, 'base64'));
    if (kind === 'moment') yield value;
    else if (++seen > frames) return;
    else see(value);
  }
}
