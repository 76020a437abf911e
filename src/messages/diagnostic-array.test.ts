import { describe, expect, it } from 'vitest';
import { cdrCodec } from './cdr-codec.js';
import { DIAGNOSTIC_LEVELS, type Diagnostic, toDiagnosticArray } from './diagnostic-array.js';

const codec = cdrCodec('diagnostic_msgs/msg/DiagnosticArray');

describe('diagnostics', () => {
  it('survive the wire, with every level and kind of value', () => {
    const diagnostics = DIAGNOSTIC_LEVELS.map(
      (level): Diagnostic => ({
        name: `hand_tracker: ${level}`,
        level,
        message: `it is ${level}`,
        values: { rate_hz: 29.97, frames: 12n, paused: false, model: 'compact', fallback: undefined },
      }),
    );
    const decoded = codec.decode(codec.encode(toDiagnosticArray(1_500_000_000n, diagnostics, 'front')));
    expect(decoded.header.stamp).toMatchObject({ sec: 1 });
    expect(decoded.status.map(({ level }) => Number(level))).toEqual([0, 1, 2, 3]);
    expect(decoded.status[1]).toMatchObject({
      name: 'hand_tracker: warn',
      message: 'it is warn',
      hardware_id: 'front',
    });
    expect(decoded.status[0].values).toEqual([
      { key: 'rate_hz', value: '29.97' },
      { key: 'frames', value: '12' },
      { key: 'paused', value: 'false' },
      { key: 'model', value: 'compact' },
    ]);
  });

  it('may be none at all', () => {
    expect(codec.decode(codec.encode(toDiagnosticArray(0n, []))).status).toEqual([]);
  });
});
