import type { Stamp } from '../timing/stamp.js';

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

/** `voxhand_msgs/msg/HandArray`. */
export interface HandArrayMessage {
  readonly header: Header;
  readonly hands: readonly HandJointsMessage[];
}

/** `voxhand_msgs/msg/GestureEvent`; its fields are explained in `msgs/voxhand_msgs/msg/GestureEvent.msg`. */
export interface GestureEventMessage {
  readonly header: Header;
  readonly hand_id: number;
  readonly handedness: number;
  readonly gesture: string;
  readonly phase: number;
  readonly confidence: number;
  readonly position: Xyz;
  readonly direction: Xyz;
  readonly duration: Stamp;
}

/** `voxhand_msgs/msg/HandVoxels`; its fields are explained in `msgs/voxhand_msgs/msg/HandVoxels.msg`. */
export interface HandVoxelsMessage {
  readonly version: number;
  readonly header: Header;
  readonly camera: string;
  readonly session: number;
  readonly sequence: number;
  readonly handedness: number;
  readonly state: number;
  readonly lost_reason: number;
  readonly center: Float64Array;
  readonly edge: number;
  readonly roll: number;
  readonly mirror: boolean;
  readonly confidence: number;
  readonly acquired: boolean;
  readonly arm: Float64Array;
  readonly grid_size: number;
  readonly occupied: number;
  readonly encoding: number;
  readonly cells: Uint8Array;
}

/** `voxhand_msgs/msg/HandFeedback`; its fields are explained in `msgs/voxhand_msgs/msg/HandFeedback.msg`. */
export interface HandFeedbackMessage {
  readonly version: number;
  readonly header: Header;
  readonly camera: string;
  readonly session: number;
  readonly sequence: number;
  readonly outcome: number;
  readonly reason: string;
  readonly tracked: boolean;
  readonly positions: Float64Array;
  readonly confidences: Float32Array;
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

/** `diagnostic_msgs/msg/DiagnosticArray`. */
export interface DiagnosticArrayMessage {
  readonly header: Header;
  readonly status: readonly {
    /** 0 OK, 1 WARN, 2 ERROR, 3 STALE. */
    readonly level: number;
    readonly name: string;
    readonly message: string;
    readonly hardware_id: string;
    readonly values: readonly { readonly key: string; readonly value: string }[];
  }[];
}

/** `sensor_msgs/msg/PointCloud2` */
export interface PointCloud2Message {
  readonly header: Header;
  readonly height: number;
  readonly width: number;
  readonly fields: readonly {
    readonly name: string;
    /** Bytes from the point's beginning. */
    readonly offset: number;
    readonly datatype: number;
    readonly count: number;
  }[];
  readonly is_bigendian: boolean;
  /** Bytes a point. */
  readonly point_step: number;
  /** Bytes a row. */
  readonly row_step: number;
  readonly data: Uint8Array;
  readonly is_dense: boolean;
}

/** Message types by schema name. Others of `common_interfaces` are known to the codec too, untyped. */
export interface RosMessages {
  'voxhand_msgs/msg/HandJoints': HandJointsMessage;
  'voxhand_msgs/msg/HandArray': HandArrayMessage;
  'voxhand_msgs/msg/HandVoxels': HandVoxelsMessage;
  'voxhand_msgs/msg/HandFeedback': HandFeedbackMessage;
  'voxhand_msgs/msg/GestureEvent': GestureEventMessage;
  'geometry_msgs/msg/PoseArray': PoseArrayMessage;
  'geometry_msgs/msg/PointStamped': PointStampedMessage;
  'visualization_msgs/msg/MarkerArray': MarkerArrayMessage;
  'tf2_msgs/msg/TFMessage': TfMessage;
  'sensor_msgs/msg/Image': ImageMessage;
  'sensor_msgs/msg/CompressedImage': CompressedImageMessage;
  'sensor_msgs/msg/CameraInfo': CameraInfoMessage;
  'sensor_msgs/msg/PointCloud2': PointCloud2Message;
  'diagnostic_msgs/msg/DiagnosticArray': DiagnosticArrayMessage;
}
