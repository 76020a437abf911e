import { describe, expect, it } from 'vitest';
import { parseRigFile } from '../rig/index.js';
import { formatConfig, parseConfig } from './config-file.js';
import { trackerParameters } from './parameters.js';
import { configuredCameras, withCameraParameters, withRig } from './rig-config.js';

const text = `
namespace: cell
cameras:
  left_cam: {depth: left/depth, camera_info: /left/info}
  right2:
    depth: right/depth
    camera_info: right/info
    translation: [-0.6, 0, 0.4]
    rotation: [0, 0.6, 0, 0.8]
    clock_offset: -0.015
rig: {frame: bench, fusion: voxels}
`;

describe('the settings of several cameras', () => {
  it('are read with their names as they are, in order, their topics in the namespace', () => {
    expect(configuredCameras(parseConfig(text))).toEqual([
      { name: 'left_cam', depth: '/cell/left/depth', cameraInfo: '/left/info', place: undefined, clockOffset: 0 },
      {
        name: 'right2',
        depth: '/cell/right/depth',
        cameraInfo: '/cell/right/info',
        place: { translation: [-0.6, 0, 0.4], rotation: [0, 0.6, 0, 0.8] },
        clockOffset: -0.015,
      },
    ]);
    expect(parseConfig('').cameras).toEqual({});
    expect(configuredCameras(parseConfig(''))).toEqual([]);
  });

  it('survive being written and read again', () => {
    const config = parseConfig(text);
    expect(parseConfig(formatConfig(config))).toEqual(config);
  });

  it('may be overridden one by one', () => {
    const { cameras } = parseConfig(text, 'x', ['cameras.left_cam.depth=/other', 'rig.fusion=joints']);
    expect(cameras.left_cam.depth).toBe('/other');
    const whole = parseConfig(text, 'x', ['cameras={my_cam: {depth: /d, camera_info: /i}}']);
    expect(whole.cameras).toEqual({ my_cam: { depth: '/d', cameraInfo: '/i' } });
  });

  it('take places and clock offsets from a rig file where they say none', () => {
    const file = parseRigFile(
      'rig: {frame: bench, cameras: {left_cam: {translation: [1, 0, 0], rotation: [0, 0, 0, 1], clock_offset: 0.002}, right2: {translation: [9, 9, 9], rotation: [0, 0, 0, 1]}}}',
      'rig.yaml',
    );
    const [left, right] = configuredCameras(withRig(parseConfig(text), file, 'rig.yaml'));
    expect(left).toMatchObject({ place: { translation: [1, 0, 0] }, clockOffset: 0.002 });
    expect(right).toMatchObject({ place: { translation: [-0.6, 0, 0.4] }, clockOffset: -0.015 });
    expect(() => withRig(parseConfig(text, 'x', ['rig.frame=other']), file, 'rig.yaml')).toThrow(
      /rig file is of another frame; expected rig\.frame "other"; found "bench"; at rig\.yaml/,
    );
  });

  it.each([
    ['a name that is none', 'cameras: {2nd: {depth: a, camera_info: b}}', /cameras\.2nd/],
    ['an unknown key', 'cameras: {left: {depth: a, camera_info: b, topic: c}}', /unknown key cameras\.left\.topic/],
    ['no camera info', 'cameras: {left: {depth: a}}', /cameras\.left\.camera_info/],
    ['another fusion', 'rig: {fusion: both}', /rig\.fusion: expected one of joints, voxels/],
  ])('with %s are refused', (_, wrong, message) => {
    expect(() => parseConfig(wrong)).toThrow(message);
  });

  it.each([
    [
      'half a place',
      'cameras: {left: {depth: a, camera_info: b, rotation: [0, 0, 0, 1]}}',
      /rotation alone; at cameras\.left/,
    ],
    [
      'a rotation that is none',
      'cameras: {left: {depth: a, camera_info: b, translation: [0, 0, 0], rotation: [0, 0, 0, 0.5]}}',
      /length 1/,
    ],
    [
      'one topic twice',
      'cameras: {left: {depth: a, camera_info: b}, right: {depth: a, camera_info: c}}',
      /found \/a; at cameras\.right\.depth/,
    ],
  ])('with %s make no rig', (_, wrong, message) => {
    expect(() => configuredCameras(parseConfig(wrong))).toThrow(message);
  });

  it('may come as ROS 2 parameters, which nobody has declared', () => {
    const given = new Map<string, unknown>([
      ['cameras.left_cam.depth', '/new/depth'],
      ['cameras.top.depth', 'top/depth'],
      ['cameras.top.camera_info', 'top/info'],
      ['cameras.top.translation', Float64Array.of(0, 1, 2)],
      ['cameras.top.rotation', [0, 0, 0, 1]],
      ['topics.joints', '/other'],
    ]);
    const config = withCameraParameters(parseConfig(text), given);
    expect(configuredCameras(config).map(({ name, depth }) => [name, depth])).toEqual([
      ['left_cam', '/new/depth'],
      ['right2', '/cell/right/depth'],
      ['top', '/cell/top/depth'],
    ]);
    expect(configuredCameras(config)[2].place?.translation).toEqual([0, 1, 2]);
    expect(config.topics.joints).toBe('/cell/hand/joints');
    expect(() => withCameraParameters(parseConfig(''), new Map([['cameras.a.speed', 1]]))).toThrow(/cameras\.a/);
  });

  it('are no parameters of a node, whose names are known beforehand', () => {
    const names = trackerParameters().map(({ name }) => name);
    expect(names).toContain('rig.fusion');
    expect(names.filter((name) => name.startsWith('cameras'))).toEqual([]);
  });
});
