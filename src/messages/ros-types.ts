import type { Stamp } from './stamp.js';

/** The ROS messages that voxhand builds or reads, field by field as their definitions name them. */

export interface Header {
  readonly stamp: Stamp;
  readonly frame_id: string;
}

/** `geometry_msgs/Point` and `Vector3`: metres. */
export interface Xyz {
  readonly x: number;
  readonly y: number;
  readonly z: number;
}

export interface Quaternion extends Xyz {
  readonly w: number;
}

export interface Pose {
  readonly position: Xyz;
  readonly orientation: Quaternion;
}

export interface ColorRgba {
  readonly r: number;
  readonly g: number;
  readonly b: number;
  readonly a: number;
}

/** `voxhand_msgs/msg/HandJoints`; its fields are explained in `msgs/voxhand_msgs/msg/HandJoints.msg`. */
export interface HandJointsMessage {
  readonly header: Header;
  readonly hand_id: number;
  readonly handedness: number;
  readonly tracked: boolean;
  readonly skeleton: string;
  readonly positions: readonly Xyz[];
  readonly confidences: Float32Array;
  readonly lag_frames: number;
  readonly age: Stamp;
}

export interface PoseArrayMessage {
  readonly header: Header;
  readonly poses: readonly Pose[];
}

export interface PointStampedMessage {
  readonly header: Header;
  readonly point: Xyz;
}

/** `visualization_msgs/msg/Marker`, without the fields that only meshes, texts and textures need. */
export interface MarkerMessage {
  readonly header: Header;
  readonly ns: string;
  readonly id: number;
  readonly type: number;
  readonly action: number;
  readonly pose: Pose;
  readonly scale: Xyz;
  readonly color: ColorRgba;
  readonly lifetime: Stamp;
  readonly frame_locked: boolean;
  readonly points: readonly Xyz[];
  readonly colors: readonly ColorRgba[];
}

export interface MarkerArrayMessage {
  readonly markers: readonly MarkerMessage[];
}

export interface TransformStampedMessage {
  readonly header: Header;
  readonly child_frame_id: string;
  readonly transform: { readonly translation: Xyz; readonly rotation: Quaternion };
}

export interface TfMessage {
  readonly transforms: readonly TransformStampedMessage[];
}

export interface ImageMessage {
  readonly header: Header;
  readonly height: number;
  readonly width: number;
  readonly encoding: string;
  readonly is_bigendian: number;
  /** Bytes a row. */
  readonly step: number;
  readonly data: Uint8Array;
}

export interface CompressedImageMessage {
  readonly header: Header;
  readonly format: string;
  readonly data: Uint8Array;
}

export interface CameraInfoMessage {
  readonly header: Header;
  readonly height: number;
  readonly width: number;
  readonly distortion_model: string;
  readonly d: Float64Array;
  readonly k: Float64Array;
  readonly r: Float64Array;
  readonly p: Float64Array;
  readonly binning_x: number;
  readonly binning_y: number;
  readonly roi: {
    readonly x_offset: number;
    readonly y_offset: number;
    readonly height: number;
    readonly width: number;
    readonly do_rectify: boolean;
  };
}

/** Message types by schema name. Others of `common_interfaces` are known to the codec too, untyped. */
export interface RosMessages {
  'voxhand_msgs/msg/HandJoints': HandJointsMessage;
  'geometry_msgs/msg/PoseArray': PoseArrayMessage;
  'geometry_msgs/msg/PointStamped': PointStampedMessage;
  'visualization_msgs/msg/MarkerArray': MarkerArrayMessage;
  'tf2_msgs/msg/TFMessage': TfMessage;
  'sensor_msgs/msg/Image': ImageMessage;
  'sensor_msgs/msg/CompressedImage': CompressedImageMessage;
  'sensor_msgs/msg/CameraInfo': CameraInfoMessage;
}
