/** The types of `voxhand/messages`. Checked by `npm run typecheck`; nothing here runs. */
import { expectTypeOf } from 'vitest';
import type { Bus, DepthFrame, HandJoints } from '../../src/index.js';
import {
  type Codec,
  cdrCodec,
  decodeDepthMessage,
  type FoxgloveMessages,
  fromHandJointsMessage,
  fromStamp,
  HAND_JOINTS_SCHEMA,
  type HandJointsMessage,
  type ImageMessage,
  jsonCodec,
  project,
  readHands,
  type Stamp,
  toCameraInfoMessage,
  toDepthImageMessage,
  toHandJointsMessage,
  toMarkerArray,
  toSceneUpdate,
  toStamp,
  unproject,
} from '../../src/messages.js';

declare const bus: Bus;
declare const hand: HandJoints;
declare const frame: DepthFrame;

const codec = cdrCodec(HAND_JOINTS_SCHEMA);
expectTypeOf(codec).toEqualTypeOf<Codec<HandJointsMessage>>();
expectTypeOf(cdrCodec('sensor_msgs/msg/Image')).toEqualTypeOf<Codec<ImageMessage>>();
expectTypeOf(jsonCodec('foxglove.SceneUpdate')).toEqualTypeOf<Codec<FoxgloveMessages['foxglove.SceneUpdate']>>();
expectTypeOf(bus.advertise('/left/joints', codec).publish).toBeCallableWith(toHandJointsMessage(hand), hand.stamp);
expectTypeOf(fromHandJointsMessage(toHandJointsMessage(hand))).toEqualTypeOf<HandJoints>();
expectTypeOf(readHands(bus, '/hand/joints')).toExtend<AsyncIterable<HandJoints>>();
expectTypeOf(cdrCodec('visualization_msgs/msg/MarkerArray').encode).toBeCallableWith(toMarkerArray(hand));
expectTypeOf(jsonCodec('foxglove.SceneUpdate').encode).toBeCallableWith(toSceneUpdate(hand));
expectTypeOf(cdrCodec('sensor_msgs/msg/Image').encode).toBeCallableWith(toDepthImageMessage(frame));
expectTypeOf(cdrCodec('sensor_msgs/msg/CameraInfo').encode).toBeCallableWith(
  toCameraInfoMessage({ ...frame.camera, stamp: frame.stamp, frameId: frame.frameId }),
);
expectTypeOf(decodeDepthMessage).returns.toEqualTypeOf<DepthFrame>();
expectTypeOf(toStamp(1n)).toEqualTypeOf<Stamp>();
expectTypeOf(fromStamp(toStamp(1n))).toBeBigInt();
expectTypeOf(project(frame.camera, 0.1, 0, 0.5)).toEqualTypeOf<readonly [number, number] | undefined>();
expectTypeOf(unproject(frame, 320, 240)).toEqualTypeOf<readonly [number, number, number] | undefined>();
