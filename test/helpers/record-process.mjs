/**
 * Records messages that carry the time at which they were written, until it is killed or told to stop: a process of its own, so
 * that it can be. node record-process.mjs OUTPUT OPTIONS, options of a recording sink as JSON; says `recording`, at its end or
 * the recording's the report as JSON, and every 0.1 s how many messages it has written.
 */
import { randomBytes } from 'node:crypto';
import { createRecordingSink } from '../../dist/recording/recorder/recording-sink.js'; // loads half of what mcap.js does

const [output, options = '{}'] = process.argv.slice(2);
const { everyMs = 5, bytes = 20_000, ...rest } = JSON.parse(options);
const say = (value) => process.stdout.write(`${JSON.stringify(value)}\n`);
const recording = await createRecordingSink(output, { ...rest, onEnd: (end) => say({ end }) });
const data = randomBytes(bytes); // does not become smaller when it is packed
let written = 0;
const timer = setInterval(() => {
  const now = BigInt(Date.now()) * 1_000_000n;
  const message = { schemaName: '', schemaEncoding: '', schemaData: new Uint8Array(0), messageEncoding: 'cdr', data };
  for (const topic of ['/a', '/b']) {
    void recording.write({ ...message, topic, logTime: now, publishTime: now, sequence: written });
  }
  written++;
}, everyMs);
const talk = setInterval(() => say({ written }), 100);
process.once('SIGTERM', async () => {
  clearInterval(timer);
  clearInterval(talk);
  const { parts, end, received, written, topics } = await recording.finish();
  const numbers = parts.map(({ path, whole, messages }) => ({ path, whole, messages }));
  say({ parts: numbers, end, received, written, dropped: topics.map(({ dropped }) => dropped) });
});
say('recording');
