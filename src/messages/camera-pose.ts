import type { FrameTransform } from '@foxglove/schemas';
import { toFoxgloveTime } from '../timing/stamp.js';
import type { Quaternion, TfMessage } from './generated.js';
import { header, xyz } from './parts.js';

/** Where a camera's optical frame hangs in a viewer's world. */
export interface CameraPose {
  readonly stamp: bigint;
  /** The optical frame. */
  readonly frameId: string;
  /** The frame that the world is seen in, `world` by default: x forward, y left, z up. */
  readonly parentFrameId?: string;
  /** Metres in the parent frame; its origin by default. */
  readonly position?: readonly [number, number, number];
  /** x, y, z, w; a level camera that looks along the parent's x by default. */
  readonly orientation?: readonly [number, number, number, number];
}

/**
 * The rotation between the axes of a body (x forward, y left, z up) and of an optical frame (x right, y down,
 * z forward), REP 103. It makes an optical scene stand upright.
 */
export const OPTICAL_ROTATION = [-0.5, 0.5, -0.5, 0.5] as const;

/** A camera's place as `tf2_msgs/msg/TFMessage`, for `/tf_static`. */
export function toTfMessage(camera: CameraPose): TfMessage {
  const { parentFrameId = 'world', position = [0, 0, 0], orientation = OPTICAL_ROTATION } = camera;
  return {
    transforms: [
      {
        header: header(camera.stamp, parentFrameId),
        child_frame_id: camera.frameId,
        transform: { translation: xyz(position), rotation: quaternion(orientation) },
      },
    ],
  };
}

/** A camera's place as `foxglove.FrameTransform`, for viewers without ROS. */
export function toFrameTransform(camera: CameraPose): FrameTransform {
  const { parentFrameId = 'world', position = [0, 0, 0], orientation = OPTICAL_ROTATION } = camera;
  return {
    timestamp: toFoxgloveTime(camera.stamp),
    parent_frame_id: parentFrameId,
    child_frame_id: camera.frameId,
    translation: xyz(position),
    rotation: quaternion(orientation),
  };
}

function quaternion([x, y, z, w]: readonly [number, number, number, number]): Quaternion {
  return { x, y, z, w };
}
