import { describe, expect, it } from 'vitest';
import { JOINT_NAMES } from '../../hand/skeleton.js';
import { DATA_SET_NAMES } from './data-set.js';
import { DATA_SETS, NYU_ANNOTATED_JOINTS, NYU_COMPARED_JOINTS } from './data-sets.js';
import { fromSkeleton, hasWholeSkeleton, skeletonGaps, toSkeleton } from './skeleton-map.js';

const namesOf = (set: keyof typeof DATA_SETS) => DATA_SETS[set].joints.map(({ name }) => name);

describe('the data sets', () => {
  it.each([
    ['icvl', 16, 'uvd', false],
    ['nyu', 14, 'uvd', false],
    ['msra', 21, 'uvd', true],
    ['hands17', 21, 'xyz', true],
    ['hands19', 21, 'xyz', true],
    ['fphab', 21, 'xyz', true],
  ] as const)('%s has %i joints in %s, all of ours: %s', (name, joints, format, whole) => {
    const set = DATA_SETS[name];
    expect([set.name, set.joints.length, set.resultFormat, hasWholeSkeleton(set)]).toEqual([
      name,
      joints,
      format,
      whole,
    ]);
  });

  it.each(DATA_SET_NAMES)('%s names each joint once, and each of ours at most once', (name) => {
    const { joints, camera } = DATA_SETS[name];
    const ours = joints.flatMap((joint) => joint.ours ?? []);
    expect(new Set(joints.map((joint) => joint.name)).size).toBe(joints.length);
    expect(new Set(ours).size).toBe(ours.length);
    expect(ours.every((joint) => JOINT_NAMES.includes(joint))).toBe(true);
    expect(Math.min(camera.fx, camera.fy)).toBeGreaterThan(0);
  });

  it('MSRA goes from the wrist to index, middle, ring, little and thumb', () => {
    expect(namesOf('msra').filter((_, i) => [0, 1, 4, 5, 9, 13, 16, 17, 20].includes(i))).toEqual([
      'wrist',
      'index_mcp',
      'index_tip',
      'middle_mcp',
      'ring_mcp',
      'little_mcp',
      'little_tip',
      'thumb_cmc',
      'thumb_tip',
    ]);
  });

  it.each(['hands17', 'hands19', 'fphab'] as const)(
    '%s has the wrist, five roots, then three joints per finger',
    (name) => {
      expect(namesOf(name).slice(0, 9)).toEqual([
        'wrist',
        'thumb_cmc',
        'index_mcp',
        'middle_mcp',
        'ring_mcp',
        'little_mcp',
        'thumb_mcp',
        'thumb_ip',
        'thumb_tip',
      ]);
      expect(namesOf(name).slice(18)).toEqual(['little_pip', 'little_dip', 'little_tip']);
    },
  );

  it('ICVL has a palm and three joints per finger, NYU two a finger and the wrist', () => {
    expect(namesOf('icvl').slice(0, 5)).toEqual(['palm', 'thumb_root', 'thumb_mid', 'thumb_tip', 'index_root']);
    expect(namesOf('nyu').slice(0, 3)).toEqual(['little_tip', 'little_pip', 'ring_tip']);
    expect(namesOf('nyu').slice(8)).toEqual([
      'thumb_tip',
      'thumb_ip',
      'thumb_base',
      'wrist_little_side',
      'wrist_thumb_side',
      'palm',
    ]);
    expect(NYU_COMPARED_JOINTS.map((joint) => joint + 1)).toEqual([
      1, 4, 7, 10, 13, 16, 19, 22, 25, 26, 28, 31, 32, 33,
    ]);
    expect(Math.max(...NYU_COMPARED_JOINTS)).toBeLessThan(NYU_ANNOTATED_JOINTS);
  });
});

describe('the way to our skeleton', () => {
  const numbered = (joints: number) => Float64Array.from({ length: 3 * joints }, (_, i) => i);

  it.each(['msra', 'hands17', 'hands19', 'fphab'] as const)('%s goes there and back', (name) => {
    const set = DATA_SETS[name];
    const { positions, confidences } = toSkeleton(set, numbered(21));
    expect(fromSkeleton(set, positions)).toEqual(numbered(21));
    expect(confidences).toEqual(new Float32Array(21).fill(1));
    set.joints.forEach(({ ours }, i) => {
      expect(positions[3 * JOINT_NAMES.indexOf(ours!)]).toBe(3 * i);
    });
  });

  it('says which joints are missing, and puts them where the nearest known one is', () => {
    const set = DATA_SETS.nyu;
    const { positions, confidences } = toSkeleton(set, numbered(14));
    const at = (name: (typeof JOINT_NAMES)[number]) => positions[3 * JOINT_NAMES.indexOf(name)] / 3;
    const sure = (name: (typeof JOINT_NAMES)[number]) => confidences[JOINT_NAMES.indexOf(name)];
    expect([at('index_tip'), at('index_pip'), at('thumb_ip')]).toEqual([6, 7, 9]);
    expect([at('index_mcp'), at('index_dip')]).toEqual([7, 7]); // its PIP
    expect([at('wrist'), at('thumb_cmc')]).toEqual([10, 10]); // the thumb's base
    expect([sure('index_tip'), sure('thumb_mcp'), sure('wrist'), sure('index_mcp')]).toEqual([1, 0.5, 0, 0]);
    expect(skeletonGaps(set).near).toEqual(['thumb_mcp']);
    expect(skeletonGaps(set).missing).toHaveLength(10);
  });

  it('calls all of ICVL near', () => {
    const { missing, near } = skeletonGaps(DATA_SETS.icvl);
    expect(near).toHaveLength(15);
    expect(missing).toEqual(['wrist', 'thumb_cmc', 'index_dip', 'middle_dip', 'ring_dip', 'little_dip']);
  });
});
