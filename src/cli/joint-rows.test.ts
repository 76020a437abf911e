import { describe, expect, it } from 'vitest';
import { lostHand } from '../hand/hand-joints.js';
import { JOINT_FORMATS } from './joint-rows.js';

const lost = lostHand(1_790_000_000_123_456_789n, 'camera, "left"', 'left', 7);
const hand = {
  ...lost,
  tracked: true,
  positions: Float64Array.from({ length: 63 }, (_, i) => (i === 2 ? -0.1234567890123 : i / 8)),
  confidences: new Float32Array(21).fill(0.7),
};

describe('joints as CSV', () => {
  const { header = '', line } = JOINT_FORMATS.csv;

  it('have a header that names joints, axes and units', () => {
    const columns = header.split(',');
    expect(columns).toHaveLength(5 + 21 * 4);
    expect(columns.slice(0, 10)).toEqual([
      ...['stamp_ns', 'hand_id', 'handedness', 'tracked', 'frame_id'],
      ...['wrist_x_m', 'wrist_y_m', 'wrist_z_m', 'wrist_confidence', 'thumb_cmc_x_m'],
    ]);
    expect(columns.at(-1)).toBe('little_tip_confidence');
  });

  it('keep the nanoseconds of stamps and all digits of metres', () => {
    const text = line(hand);
    expect(text).toMatch(
      /^1790000000123456789,7,left,true,"camera, ""left""",0,0.125,-0.1234567890123,0.7,0.375,0.5,0.625,0.7,/,
    );
    expect(text.endsWith(',7.5,7.625,7.75,0.7')).toBe(true);
  });

  it('have empty cells where there is no hand', () => {
    expect(line({ ...lost, frameId: 'a\n\u001b[2J' })).toBe(
      `1790000000123456789,7,left,false,a\\n\\u001b[2J${','.repeat(84)}`,
    );
  });
});

describe('joints as JSON lines', () => {
  const { header, line } = JOINT_FORMATS.jsonl;

  it('have the joints by name', () => {
    expect(header).toBeUndefined();
    const parsed = JSON.parse(line(hand));
    expect(parsed).toMatchObject({
      ...{ stamp_ns: '1790000000123456789', hand_id: 7, handedness: 'left', tracked: true, frame_id: 'camera, "left"' },
      joints_m: { wrist: [0, 0.125, -0.1234567890123], little_tip: [7.5, 7.625, 7.75] },
      confidences: { wrist: 0.7 },
    });
    expect(Object.keys(parsed.joints_m)).toHaveLength(21);
  });

  it('say null where there is no hand', () => {
    expect(JSON.parse(line(lost))).toMatchObject({ tracked: false, joints_m: null, confidences: null });
    expect(line({ ...lost, frameId: '\u009b\u202e' })).toContain('"frame_id":"\\u009b\\u202e"');
  });
});
