import { describe, expect, it } from 'vitest';
import { describeHand } from '../hand/hand-description.js';
import { lostHand } from '../hand/hand-joints.js';
import { jointFormat } from './joint-rows.js';

const lost = lostHand(1_790_000_000_123_456_789n, 'camera, "left"', 'left', 7);
const hand = {
  ...lost,
  tracked: true,
  positions: Float64Array.from({ length: 63 }, (_, i) => (i === 2 ? -0.1234567890123 : i / 8)),
  confidences: new Float32Array(21).fill(0.7),
};

describe('joints as CSV', () => {
  const { header = '', line } = jointFormat('csv');

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
  const { header, line } = jointFormat('jsonl');

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

describe('the description of a hand', () => {
  const seconds = { ...hand, stamp: hand.stamp + 2_500_000_000n };
  const described = describeHand(seconds, seconds.stamp, describeHand(hand, hand.stamp));

  it('follows the joints as columns with units', () => {
    const { header = '', line } = jointFormat('csv', true);
    const columns = header.split(',').slice(5 + 84);
    expect(columns).toHaveLength(1 + 12 + 4 + 5 + 80);
    expect(columns.slice(0, 5)).toEqual(['visible_s', 'palm_x_m', 'palm_y_m', 'palm_z_m', 'palm_normal_x']);
    expect(columns.slice(10, 17)).toEqual([
      ...['palm_velocity_x_m_s', 'palm_velocity_y_m_s', 'palm_velocity_z_m_s', 'palm_length_m', 'pinch_distance_m'],
      ...['pinch_strength', 'grab_strength'],
    ]);
    expect(columns.slice(17, 23)).toEqual([
      ...['thumb_curl', 'index_curl', 'middle_curl', 'ring_curl', 'little_curl', 'thumb_cmc_bone_qx'],
    ]);
    expect(columns.at(-1)).toBe('little_tip_bone_qw');
    const cells = line({ ...seconds, frameId: 'camera' }, described)
      .split(',')
      .slice(5 + 84);
    expect(cells).toHaveLength(columns.length);
    expect(cells[0]).toBe('2.5');
    expect(cells.slice(1, 4).map(Number)).toEqual([...described.palmPosition]);
    expect(
      cells
        .slice(-4)
        .map(Number)
        .reduce((sum, q) => sum + q * q, 0),
    ).toBeCloseTo(1, 9);
    expect(line({ ...lost, frameId: 'camera' })).toBe(`1790000000123456789,7,left,false,camera${','.repeat(84 + 102)}`);
  });

  it('is an object of a JSON line, null where there is no hand', () => {
    const { line } = jointFormat('jsonl', true);
    const { description } = JSON.parse(line(seconds, described));
    expect(description).toMatchObject({ visible_s: 2.5, palm_m: [...described.palmPosition], curls: { index: 0 } });
    expect(description.bones.index_tip).toHaveLength(4);
    expect(JSON.parse(line(lost)).description).toBeNull();
  });
});
