import { expect, test } from 'vitest';
import { trackerConfig } from '../../tracking/config.js';
import { cameraConfig } from './camera-config.js';

test('one camera of several has every result on a topic of its own, and shares the inputs, voxels, answers and diagnostics', () => {
  const config = trackerConfig();
  const { topics } = cameraConfig(config, 'left');
  const own = Object.entries(topics).filter(([, topic]) => topic.startsWith('/left/'));
  expect(own).toEqual([
    ['joints', '/left/hand/joints'],
    ['description', '/left/hand/description'],
    ['hands', '/left/hands'],
    ['poses', '/left/hand/poses'],
    ['markers', '/left/hand/markers'],
    ['scene', '/left/hand/scene'],
    ['reference', '/left/hand/reference'],
    ['jointStates', '/left/hand/joint_states'],
    ['gestures', '/left/hand/gestures'],
    ['pointer', '/left/hand/pointer'],
    ['enabling', '/left/hand/enabling'],
  ]);
  const shared = Object.keys(topics).filter((key) => !own.some(([name]) => name === key));
  expect(shared).toEqual(['depth', 'cameraInfo', 'tf', 'tfStatic', 'voxels', 'feedback', 'diagnostics']);
});
