/**
 * One ONNX graph in a process of its own, so that its memory can be told from others': `fork` it with a path and a number of
 * threads; every message is answered with the wall and CPU milliseconds of one run and the peak of the process's memory.
 */
import ort from 'onnxruntime-node';

const [file, threads] = process.argv.slice(2);
const session = await ort.InferenceSession.create(file, {
  executionProviders: ['cpu'],
  intraOpNumThreads: Number(threads),
  interOpNumThreads: 1,
  extra: { session: { intra_op: { allow_spinning: '0' } } }, // as voxhand runs it
});
const [{ name, shape }] = session.inputMetadata;
const dimensions = shape.map((n) => (typeof n === 'string' ? 1 : n));
const voxels = handlike(dimensions.reduce((a, b) => a * b, 1));

process.on('message', async () => {
  const cpu = process.cpuUsage();
  const begin = performance.now();
  await session.run({ [name]: new ort.Tensor('uint8', voxels, dimensions) });
  const wall = performance.now() - begin;
  const { user, system } = process.cpuUsage(cpu);
  process.send({ wall, cpu: (user + system) / 1000, rssMiB: Math.round(process.resourceUsage().maxRSS / 1024) });
});
process.send('ready');

/** A bent sheet of occupied cells, about as many as a hand's surface has in a cube. */
function handlike(cells) {
  const edge = Math.round(Math.cbrt(cells));
  const grid = new Uint8Array(cells);
  for (let y = Math.floor(edge * 0.15); y < edge * 0.85; y++) {
    for (let x = Math.floor(edge * 0.3); x < edge * 0.7; x++) {
      const z = Math.floor(edge * (0.5 + 0.15 * Math.sin((4 * x) / edge) * Math.cos((3 * y) / edge)));
      grid[(z * edge + y) * edge + x] = 1;
    }
  }
  return grid;
}
