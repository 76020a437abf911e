/**
 * The process that `probeProvider` starts: open a session on one provider, run it, say so on stdout. A process of its
 * own, because native libraries write to stderr as they please, and a broken driver may take the process with it.
 */
import { InferenceSession, Tensor } from 'onnxruntime-node';

/** An ONNX graph of opset 13 with a single node: y = Relu(x), x of 4 floats. */
const GRAPH = 'CAhCBAoAEA06NwoMCgF4EgF5IgRSZWx1EgVwcm9iZVoPCgF4EgoKCAgBEgQKAggEYg8KAXkSCgoICAESBAoCCAQ=';

const provider = process.argv[2];

try {
  const session = await InferenceSession.create(Buffer.from(GRAPH, 'base64'), {
    executionProviders: [provider],
    logSeverityLevel: 4,
    extra: { session: { disable_cpu_ep_fallback: provider === 'cpu' ? '0' : '1' } },
  });
  const { y } = await session.run({ x: new Tensor('float32', Float32Array.of(-1, 0, 1, 2), [4]) });
  const right = String(y.data) === '0,0,1,2';
  process.stdout.write(JSON.stringify(right ? {} : { reason: `it computes max(0, x) = ${y.data}` }));
} catch (error) {
  process.stdout.write(
    JSON.stringify({
      reason: String((error as Error).message)
        .trim()
        .split('\n', 1)[0],
    }),
  );
}
