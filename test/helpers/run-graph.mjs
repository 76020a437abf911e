/**
 * A process of its own for a graph on an execution provider, because some drivers fail on their way out: reads the grid's numbers
 * from stdin, writes the answer's to stdout, float32.
 *
 *   node run-graph.mjs GRAPH PROVIDER 16,1,16,16 < grid
 */
import { readFileSync, writeSync } from 'node:fs';
import { InferenceSession, Tensor } from 'onnxruntime-node';

const [graph, provider, shape] = process.argv.slice(2);
const session = await InferenceSession.create(graph, {
  executionProviders: [provider],
  intraOpNumThreads: 1,
  logSeverityLevel: 4,
  extra: { session: { disable_cpu_ep_fallback: provider === 'cpu' ? '0' : '1' } },
});
const input = new Tensor('uint8', Uint8Array.from(readFileSync(0)), shape.split(',').map(Number));
const { data } = (await session.run({ [session.inputNames[0]]: input }))[session.outputNames[0]];
const bytes = new Uint8Array(Float32Array.from(data).buffer);
for (let at = 0; at < bytes.length; ) at += writeSync(1, bytes, at);
