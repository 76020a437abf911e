import { describe, expect, it } from 'vitest';
import { settle } from '../../test/helpers/manual-clock.js';
import { TrackerBench } from '../../test/helpers/tracker-bench.js';
import { VoxhandError } from '../errors/voxhand-error.js';
import type { RecordingEnd } from '../recording/recorder/recorder-protocol.js';
import type { RecordingSink } from '../recording/recorder/recording-sink.js';
import type { BusMessage } from '../transport/port/bus.js';
import { recordingOutput } from './recording-output.js';

/** As much of a recording as a node sees of it; never throws. */
class FakeRecording {
  readonly written: BusMessage[] = [];
  end: RecordingEnd | undefined;

  async write(message: BusMessage): Promise<void> {
    this.written.push(message);
  }
}

describe("a node's recording", () => {
  const start = async () => {
    const recording = new FakeRecording();
    const sink = recordingOutput(recording as unknown as RecordingSink);
    const bench = new TrackerBench({ sinks: [{ name: 'recording', sink }] });
    await bench.tracking(40);
    expect(recording.written.some(({ topic }) => topic === '/hand/joints')).toBe(true);
    expect(bench.troubles).toEqual([]);
    return { recording, bench };
  };

  it.each<[string, RecordingEnd, RegExp]>([
    [
      'failed',
      { reason: 'write-failed', error: new VoxhandError('WRITE_FAILED', 'ENOSPC: no space left on device').toJSON() },
      /ENOSPC/,
    ],
    ['has too little left', { reason: 'min-free' }, /too little left/],
  ])('whose disk %s is said in the diagnostics, and the hand goes on', async (_, end, text) => {
    const { recording, bench } = await start();
    recording.end = end;
    await bench.stream(40);
    expect(bench.troubles).toMatchObject([{ part: 'output', level: 'ERROR', rule: 'sink-gone' }]);
    expect(bench.troubles[0].message).toMatch(text);
    expect(bench.log.filter((line) => text.test(line)).length).toBeGreaterThan(0);
    const taken = recording.written.length;
    const hands = bench.hands.length;
    await bench.stream(10);
    expect(recording.written).toHaveLength(taken);
    expect(bench.hands.length).toBe(hands + 10);
    await bench.node.close();
  });

  it('that ends at a limit that was asked for is no trouble', async () => {
    const { recording, bench } = await start();
    recording.end = { reason: 'max-bytes' };
    await settle();
    const taken = recording.written.length;
    await bench.stream(40);
    expect(bench.troubles).toEqual([]);
    expect(recording.written).toHaveLength(taken);
    await bench.node.close();
  });
});
