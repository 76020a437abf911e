/** The types of `voxhand/mcap`. Checked by `npm run typecheck`; nothing here runs. */
import { expectTypeOf } from 'vitest';
import type { Bus, BusSink, TrackerConfig } from '../../src/index.js';
import {
  type CheckReport,
  type CutReport,
  checkRecording,
  createMcapSink,
  createRecordingSink,
  cutRecording,
  DepthRecorder,
  type McapBus,
  type McapInfo,
  mcapBus,
  openMcap,
  openRecording,
  Player,
  type RecordingSource,
  type RecoverReport,
  type ReplaySummary,
  recoverRecording,
  replayRecording,
  resultDigest,
  withInputTopics,
} from '../../src/mcap.js';

declare const config: TrackerConfig;

const bus = await mcapBus('cell.mcap', { output: 'hands.mcap' });
expectTypeOf(bus).toEqualTypeOf<McapBus>();
expectTypeOf(bus).toExtend<Bus>();
expectTypeOf(bus.info()).toEqualTypeOf<McapInfo>();
expectTypeOf(openMcap).returns.resolves.toExtend<RecordingSource>();
expectTypeOf(openRecording).returns.resolves.toEqualTypeOf<RecordingSource>();
expectTypeOf(createMcapSink).returns.resolves.toExtend<BusSink>();
expectTypeOf(createRecordingSink).returns.resolves.toExtend<BusSink>();
expectTypeOf(withInputTopics(config, bus.topics(), 'cell.mcap')).toEqualTypeOf<TrackerConfig>();

expectTypeOf(replayRecording).toBeCallableWith('cell.mcap', { config, output: 'hands.mcap' } as never);
expectTypeOf(replayRecording).returns.resolves.toEqualTypeOf<ReplaySummary>();
expectTypeOf(cutRecording('a.mcap', 'b.mcap', { start: 1, duration: 2 })).resolves.toEqualTypeOf<CutReport>();
expectTypeOf(checkRecording('a.mcap')).resolves.toEqualTypeOf<CheckReport>();
expectTypeOf(recoverRecording).returns.resolves.toEqualTypeOf<RecoverReport>();
expectTypeOf(resultDigest(bus, ['/hand/joints'])).resolves.toHaveProperty('sha256');
expectTypeOf(DepthRecorder.create('a.mcap', { codec: 'rvl' })).resolves.toEqualTypeOf<DepthRecorder>();
expectTypeOf(Player).toBeConstructibleWith(await openMcap('a.mcap'), {} as never);
