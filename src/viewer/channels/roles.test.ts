import { describe, expect, it } from 'vitest';
import { assignCameras } from './cameras.js';
import { assignRoles, type Role } from './roles.js';

let id = 0;
const channel = (topic: string, schemaName: string, encoding = 'cdr') => ({
  id: id++,
  topic,
  schemaName,
  encoding,
  schema: '',
});
const topics = (channels: readonly ReturnType<typeof channel>[]) =>
  Object.fromEntries([...assignRoles(channels)].map(([role, { topic }]) => [role, topic])) as Partial<
    Record<Role, string>
  >;

describe('roles of channels', () => {
  it('are found in a replay with everything in it', () => {
    expect(
      topics([
        channel('/hand/joints/raw/max', 'voxhand_msgs/msg/HandJoints'),
        channel('/hand/truth', 'voxhand_msgs/msg/HandJoints'),
        channel('/hand/joints', 'voxhand_msgs/msg/HandJoints'),
        channel('/hand/poses', 'geometry_msgs/msg/PoseArray'),
        channel('/hand/markers', 'visualization_msgs/msg/MarkerArray'),
        channel('/hand/scene', 'foxglove.SceneUpdate', 'json'),
        channel('/hand/cube', 'foxglove.SceneUpdate', 'json'),
        channel('/hand/voxel_cloud', 'sensor_msgs/msg/PointCloud2'),
        channel('/depth/points', 'sensor_msgs/msg/PointCloud2'),
        channel('/color/image_raw', 'sensor_msgs/msg/Image'),
        channel('/depth/image_rect_raw', 'sensor_msgs/msg/Image'),
        channel('/color/camera_info', 'sensor_msgs/msg/CameraInfo'),
        channel('/depth/camera_info', 'sensor_msgs/msg/CameraInfo'),
        channel('/tf_static', 'tf2_msgs/msg/TFMessage'),
        channel('/tf', 'tf2_msgs/msg/TFMessage'),
        channel('/diagnostics_agg', 'diagnostic_msgs/msg/DiagnosticArray'),
        channel('/diagnostics', 'diagnostic_msgs/msg/DiagnosticArray'),
        channel('/hand/gestures', 'voxhand_msgs/msg/GestureEvent'),
        channel('/odd', 'x.Y', 'protobuf'),
      ]),
    ).toEqual({
      joints: '/hand/joints',
      truth: '/hand/truth',
      depth: '/depth/image_rect_raw',
      camera: '/depth/camera_info',
      cube: '/hand/cube',
      voxels: '/hand/voxel_cloud',
      gestures: '/hand/gestures',
      diagnostics: '/diagnostics',
      transforms: '/tf',
      staticTransforms: '/tf_static',
    });
  });

  it('are found in foxglove schemas too', () => {
    expect(
      topics([
        channel('/depth', 'foxglove.RawImage', 'json'),
        channel('/calibration', 'foxglove.CameraCalibration', 'json'),
        channel('/tf', 'foxglove.FrameTransforms', 'json'),
      ]),
    ).toEqual({ depth: '/depth', camera: '/calibration', transforms: '/tf' });
  });

  it('prefer a channel that can be read, then the shorter topic, then the earlier channel', () => {
    const joints = 'voxhand_msgs/msg/HandJoints';
    expect(topics([channel('/j', joints, 'protobuf'), channel('/hand/joints', joints)]).joints).toBe('/hand/joints');
    expect(topics([channel('/left/hand/joints', joints), channel('/hand/joints', joints)]).joints).toBe('/hand/joints');
    expect(topics([channel('/b/joints', joints), channel('/a/joints', joints)]).joints).toBe('/b/joints');
  });

  it('prefer depth without loss in few bytes, and do not take a picture for depth', () => {
    const picture = channel('/depth/image/compressed', 'sensor_msgs/msg/CompressedImage');
    const raw = channel('/depth/image', 'sensor_msgs/msg/Image');
    const small = channel('/depth/image/compressedDepth', 'sensor_msgs/msg/CompressedImage');
    expect(topics([picture, raw, small]).depth).toBe('/depth/image/compressedDepth');
    expect(topics([picture, raw]).depth).toBe('/depth/image');
    expect(topics([picture]).depth).toBeUndefined();
  });

  it('are not played by ground truth alone, nor by an image that is not said to be depth', () => {
    expect(
      topics([
        channel('/hand/truth', 'voxhand_msgs/msg/HandJoints'),
        channel('/image', 'sensor_msgs/msg/Image'),
        channel('/hand/scene', 'foxglove.SceneUpdate'),
      ]),
    ).toEqual({ truth: '/hand/truth' });
  });
});

describe('cameras', () => {
  const image = 'sensor_msgs/msg/Image';
  const packed = 'sensor_msgs/msg/CompressedImage';
  const info = 'sensor_msgs/msg/CameraInfo';
  const cameras = (channels: readonly ReturnType<typeof channel>[]) =>
    assignCameras(channels, assignRoles(channels)).map(({ name, depth, camera }) => [name, depth.topic, camera.topic]);

  it('of a rig have the calibration beside them and the name in which their topics differ', () => {
    expect(
      cameras([
        channel('/right/depth/camera_info', info),
        channel('/left/depth/image/compressedDepth', packed),
        channel('/left/depth/image', image),
        channel('/left/depth/image/compressed', packed),
        channel('/right/depth/image', image),
        channel('/left/depth/camera_info', info),
        channel('/above/depth/image', image),
      ]),
    ).toEqual([
      ['left', '/left/depth/image/compressedDepth', '/left/depth/camera_info'],
      ['right', '/right/depth/image', '/right/depth/camera_info'],
    ]);
  });

  it('are one where there is one, wherever its calibration lies, and none without a calibration', () => {
    expect(cameras([channel('/depth', 'foxglove.RawImage', 'json'), channel('/calibration', info)])).toEqual([
      ['camera', '/depth', '/calibration'],
    ]);
    expect(cameras([channel('/depth/image', image)])).toEqual([]);
  });
});
