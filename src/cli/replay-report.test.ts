import { expect, test } from 'vitest';
import { formatReplay, hasLoss, type ReplayReport } from './replay-report.js';

const report = (frames: Partial<ReplayReport['frames']>): ReplayReport => ({
  input: 'in.mcap',
  output: null,
  preview: null,
  depthTopic: '/depth',
  cameraTopic: '/camera',
  frames: { in: 3, out: 3, tracked: 3, lost: {}, dropped: {}, pending: 0, ...frames },
  model: { name: 'm', version: '1', sha256: '' },
  provider: { requested: 'cpu', actual: 'cpu', fallbackReason: null },
  stagesMs: {},
  seconds: 1,
  framesPerSecond: 3,
  error: null,
  problems: [],
  loss: null,
  digest: '',
  cameras: null,
  fusion: null,
  faults: null,
  aborted: false,
});

test.each<[string, Partial<ReplayReport['frames']>, boolean]>([
  ['nothing', {}, false],
  ['a dropped frame', { dropped: { WORKER_LOST: 1 } }, true],
  ['frames behind a signal', { dropped: { aborted: 1 } }, false],
  ['refined points, and some that were moved too far', { refinement: { refined: 2, 'too-far': 1 } }, false],
  ['a refiner that was lost', { refinement: { refined: 2, WORKER_LOST: 1 } }, true],
  ['a refiner that answers no numbers', { refinement: { INFERENCE_FAILED: 3 } }, true],
])('%s: a loss or not', (_, frames, loss) => {
  expect(hasLoss(report(frames))).toBe(loss);
});

test('what became of the reference points is said where there is a refiner', () => {
  expect(formatReplay(report({ refinement: { refined: 2, WORKER_LOST: 1 } }))).toMatch(
    /\nreference +3 \(refined 2, WORKER_LOST 1\)\n/,
  );
  expect(formatReplay(report({}))).not.toMatch(/\nreference/);
});

test('of each cause the first error is shown in full, with what to do', () => {
  const problem = { topic: '/depth', cause: 'DEPTH_SIZE', count: 12, text: 'too small; expected 4', remedy: 'set it' };
  expect(formatReplay({ ...report({ dropped: { DEPTH_SIZE: 12 } }), problems: [problem] })).toMatch(
    /\n {2}DEPTH_SIZE +12 on \/depth: too small; expected 4\n +what to do: set it\n/,
  );
});

test('the unit that depth seems to have is named', () => {
  const text = formatReplay(report({ lost: { 'depth-unit': 3 }, suspectedUnit: 0.0001 }));
  expect(text).toMatch(/\ndepth unit +looks wrong: one unit seems to be 0\.0001 m\. .*input\.depth_unit=0\.0001/);
});
