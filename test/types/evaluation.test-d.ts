/** The types of `voxhand/evaluation`. Checked by `npm run typecheck`; nothing here runs. */
import { expectTypeOf } from 'vitest';
import {
  type BlessReport,
  blessRecording,
  type Comparison,
  compareFiles,
  DATA_SETS,
  type DataSet,
  evaluatePredictions,
  evaluateRecording,
  formatComparison,
  formatReports,
  importDataSet,
  importFolder,
  type JointErrorReport,
  jointErrors,
  loadTolerances,
  loadTruth,
  type ToleranceSettings,
  tolerances,
} from '../../src/evaluation.js';
import type { BusSource, TrackerConfig } from '../../src/index.js';
import { readHands } from '../../src/messages.js';

declare const bus: BusSource;
declare const config: TrackerConfig;

const truth = await loadTruth('truth.txt', { results: readHands(bus, '/hand/joints') });
const { recorded, decoders } = await evaluateRecording(bus, { truth, config });
expectTypeOf(recorded).toEqualTypeOf<JointErrorReport>();
expectTypeOf(formatReports([recorded, ...decoders])).toBeString();
expectTypeOf(jointErrors).returns.not.toBeAny();

expectTypeOf(DATA_SETS.nyu).toEqualTypeOf<DataSet>();
const { reports } = await evaluatePredictions({
  dataSet: DATA_SETS.nyu,
  truth: 'truth.txt',
  methods: [{ label: 'ours', path: 'ours.txt' }],
});
expectTypeOf(reports[0].joints.meanMm).toEqualTypeOf<number | null>();
expectTypeOf(importDataSet).toBeCallableWith('MSRA/P0/5', 'five.mcap', { dataSet: 'msra' });
expectTypeOf(importFolder).parameters.toExtend<[string, string, object]>();

const { comparison } = await compareFiles('golden.mcap', 'new.mcap', { tolerances: { meanMm: 0.5 } });
expectTypeOf(comparison).toEqualTypeOf<Comparison>();
expectTypeOf(formatComparison(comparison)).toBeString();
expectTypeOf(loadTolerances('cell.tolerances.yaml')).resolves.toEqualTypeOf<ToleranceSettings>();
expectTypeOf(tolerances({ meanMm: 0.5 }).meanMm).toBeNumber();
expectTypeOf(blessRecording).returns.resolves.toEqualTypeOf<BlessReport>();
