import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { JOINT_NAMES } from '../hand/skeleton.js';
import { DOF_NAMES, HAND_DATA, POSE_NAMES } from './hand-data.js';

describe('the generated description', () => {
  const json = JSON.parse(readFileSync(new URL('../synthetic/hand.json', import.meta.url), 'utf8'));

  it('is hand.json', () => expect(HAND_DATA).toEqual(json));

  it('names the angles and poses of hand.json, in its order', () => {
    expect([...DOF_NAMES]).toEqual(json.dofs.map((dof: { name: string }) => dof.name));
    expect([...POSE_NAMES]).toEqual(Object.keys(json.poses));
  });

  it('has the joints in the order of the skeleton', () => expect(HAND_DATA.joints).toEqual([...JOINT_NAMES]));
});
