// Generated from msgs/voxhand_msgs/msg/*.msg and ROS 2's standard messages by scripts/generate-messages.mjs (npm run generate).
// Change the .msg file or the script, not this file.
import type { Stamp } from '../timing/stamp.js';

/**
 * `voxhand_msgs/msg/EnablingState`.
 *
 * Whether a hand holds an enabling gesture. Published with every result, held or not, and between
 * results when silence, a pause or a reset releases it.
 *
 * A consumer runs only while the newest message says engaged and has not expired: when nothing comes any more, for whatever
 * reason, it stops by itself. This is no safety function in the sense of ISO 13849.
 */
export interface EnablingStateMessage {
  /**
   * stamp: of the depth frame.
   * frame_id: empty.
   */
  readonly header: Header;
  /** Name of the enabling gesture, as in the profile. */
  readonly name: string;
  /** As in HandJoints; 0 where no hand holds it. */
  readonly hand_id: number;
  /** Whether it is held. */
  readonly engaged: boolean;
  /** Grows by one with each message of this name: a gap is a lost message. After 2^32 - 1 comes 0. */
  readonly sequence: number;
  /** The message holds until this long after its stamp; zero when not engaged. */
  readonly expiry: Stamp;
  /** For how long it has been as it is. */
  readonly duration: Stamp;
  /** Why it is held or not, in words. */
  readonly reason: string;
}

/**
 * `voxhand_msgs/msg/GestureEvent`.
 *
 * One step of a gesture of one hand, for contactless control.
 *
 * Each gesture begins once and ends once: BEGIN, any number of UPDATE, then END or CANCEL. A gesture that is complete as soon
 * as it is recognised (swipe, push) sends BEGIN and END with the same stamp. A hand makes only one gesture of a name at a time,
 * so hand_id and gesture tell which BEGIN an END belongs to. When a hand is lost or leaves the zone, its gestures are
 * cancelled: a subscriber that acts only on END never acts on a hand that is gone.
 */
export interface GestureEventMessage {
  /**
   * stamp: of the depth frame.
   * frame_id: the frame of position and direction, the same as that of the hand's joints.
   */
  readonly header: Header;
  /** As in HandJoints. */
  readonly hand_id: number;
  /** UNKNOWN, RIGHT or LEFT. */
  readonly handedness: number;
  /** One of the names above, or a name of the user's own. */
  readonly gesture: string;
  /** BEGIN, UPDATE, END or CANCEL. */
  readonly phase: number;
  /** 0 to 1. */
  readonly confidence: number;
  /**
   * Metres. Where the gesture acts: between the finger tips of a pinch, at the index finger's tip of a point, in the middle
   * of the palm for all others. With CANCEL, the last position.
   */
  readonly position: Point;
  /**
   * Unit vector: where the hand went in a swipe or a push, where the index finger points in a point, where the palm faces
   * in a grab and an open_palm. All zero where there is none, as in a pinch.
   */
  readonly direction: Vector3;
  /** Since BEGIN; zero with BEGIN. For a swipe or a push, with END: the duration of the movement. */
  readonly duration: Stamp;
  /**
   * What the gesture measures since BEGIN: radians for circle, knob (a turned pinch) and rotate, the factor for zoom, the turns
   * so far for wave; zero for all others.
   */
  readonly value: number;
  /** Of a gesture of two hands, the other one; -1 where there is none. */
  readonly other_hand_id: number;
  /** Why the gesture is in this phase, in words. */
  readonly reason: string;
}

/**
 * `voxhand_msgs/msg/HandArray`.
 *
 * All hands of one depth frame, for subscribers that need to know which hands belong to one moment.
 */
export interface HandArrayMessage {
  /** stamp and frame_id: those of every hand in the array. */
  readonly header: Header;
  /**
   * In ascending order of hand_id; empty when there is none. A hand that was lost in this frame is in the array
   * once more, with tracked false.
   */
  readonly hands: readonly HandJointsMessage[];
}

/**
 * `voxhand_msgs/msg/HandDescription`.
 *
 * What is said of one hand beside its joints: palm, pinch and grab, curls, bones, and where its joints are in the depth image.
 *
 * Published beside HandJoints, which stays small: header and hand_id say which HandJoints it belongs to. Worked out from the
 * smoothed joints. A hand that is lost is said once with tracked false; all that follows is then zero or empty.
 *
 * Axes of the palm and of each bone, the same for both hands (as in OpenXR and LeapC):
 * -z along it, towards the finger tips; y out of the back of the hand; x = y cross z.
 */
export interface HandDescriptionMessage {
  /** stamp and frame_id: as in HandJoints. All places, directions and orientations are in frame_id. */
  readonly header: Header;
  /** As in HandJoints. */
  readonly hand_id: number;
  /** UNKNOWN, RIGHT or LEFT. */
  readonly handedness: number;
  /** How likely that side is, 0 to 1; -1 where nobody has judged it. */
  readonly handedness_score: number;
  /** Whether there is a hand. */
  readonly tracked: boolean;
  /** Probability that this is a hand whose joints are right, 0 to 1; -1 where the model has no such score. */
  readonly presence: number;
  /** For how long the hand of this id has been tracked; a loss of less than a second does not count. */
  readonly visible: Stamp;
  /** Metres: halfway between the wrist and the mean of the roots of the four fingers. */
  readonly palm: Pose;
  /**
   * Unit vectors: out of the palm, to where the fingers bend (-y of the palm), and from the wrist to the middle finger's root (-z).
   */
  readonly palm_normal: Vector3;
  readonly palm_direction: Vector3;
  /** Of the palm's position, metres per second. */
  readonly palm_velocity: Vector3;
  /** Metres, from the wrist to the middle finger's root. */
  readonly palm_length: number;
  /** Metres, between the tips of thumb and index finger. */
  readonly pinch_distance: number;
  /** 1: the tips of thumb and index finger touch. 0: they are apart. */
  readonly pinch_strength: number;
  /** 1: a fist. 0: an open hand. */
  readonly grab_strength: number;
  /** Thumb, index, middle, ring, little: 0 straight, 1 the tip in the palm. Empty when not tracked. */
  readonly curls: Float32Array;
  /**
   * One per bone in the order of the skeleton: joint 1 to its parent, joint 2 to its parent, and so on; empty when not tracked.
   */
  readonly bones: readonly Quaternion[];
  /** Pixels of the depth image; 0 where the camera is not known. */
  readonly image_width: number;
  readonly image_height: number;
  /**
   * u, v of each joint, integers at pixel centres; NaN of a joint that the image cannot show; empty where the camera is not known.
   */
  readonly pixels: Float64Array;
}

/**
 * `voxhand_msgs/msg/HandFeedback`.
 *
 * The answer to a HandVoxels message: what the network found in its voxels. The camera process needs it to find the hand in the
 * next frame.
 */
export interface HandFeedbackMessage {
  readonly version: number;
  /** As in the message that is answered, as are camera, session, sequence and hand_id. */
  readonly header: Header;
  readonly camera: string;
  readonly session: number;
  readonly sequence: number;
  readonly hand_id: number;
  /** READ, NOTED, FAILED or REPLACED. */
  readonly outcome: number;
  /** With FAILED: a stable code, a colon and a text for people. */
  readonly reason: string;
  /** With READ: whether the joints were accepted. */
  readonly tracked: boolean;
  /**
   * With READ: x, y, z of each of the 21 joints in the order of "voxhand21", metres in frame_id, before smoothing; else empty.
   */
  readonly positions: Float64Array;
  /** With READ: one per joint, 0 to 1; else empty. */
  readonly confidences: Float32Array;
}

/**
 * `voxhand_msgs/msg/HandJoints`.
 *
 * The 21 joints of one hand at one moment.
 *
 * The loss of a hand is published explicitly: tracked is false, positions and confidences are empty.
 * Joints of an earlier moment are never published again.
 */
export interface HandJointsMessage {
  /**
   * stamp: of the depth frame.
   * frame_id: the frame of positions, a camera's optical frame (x right, y down, z forward) unless configured otherwise.
   */
  readonly header: Header;
  /** Stable while the hand is tracked. */
  readonly hand_id: number;
  /** UNKNOWN, RIGHT or LEFT. */
  readonly handedness: number;
  /** Whether there is a hand. */
  readonly tracked: boolean;
  /**
   * Name of the joint order. "voxhand21": wrist, then thumb, index, middle, ring, little,
   * four joints each from the palm outwards.
   */
  readonly skeleton: string;
  /** Metres, in frame_id, in the order of the skeleton; empty when not tracked. */
  readonly positions: readonly Point[];
  /** One per joint, 0 to 1; empty when not tracked. */
  readonly confidences: Float32Array;
  /** Frames by which a centred smoothing window delays this message; 0 when causal. */
  readonly lag_frames: number;
  /** Time of publication minus stamp; zero in a replay. */
  readonly age: Stamp;
}

/**
 * `voxhand_msgs/msg/HandVoxels`.
 *
 * What one camera sees of one hand at one moment: the occupied voxels of a cube around it, for an inference process on another
 * host. Of a depth frame with several hands each has a message of its own. A frame without a hand is sent too, so that the inference process
 * can publish the loss.
 *
 * Answered by HandFeedback on another topic.
 */
export interface HandVoxelsMessage {
  readonly version: number;
  /** stamp: of the depth frame. frame_id: the camera's optical frame (x right, y down, z forward). */
  readonly header: Header;
  /** Tells the cameras of one inference process apart: 1 to 32 letters, digits and _. */
  readonly camera: string;
  /** A number of this run of the camera process; the next run has another one. */
  readonly session: number;
  /** Counts the frames of a session: the messages of one frame have the same number. */
  readonly sequence: number;
  /** How many messages this frame has, 1 to 8. */
  readonly hands: number;
  /** Tells the hands of a camera apart: an id stays with its hand. */
  readonly hand_id: number;
  /** The side of the hand, or of the one that is searched for: RIGHT or LEFT. And how likely it is right, 0 to 1. */
  readonly handedness: number;
  readonly handedness_score: number;
  /** LOST or FOUND. */
  readonly state: number;
  /** With LOST: NO_DEPTH to SHED. All fields below are then 0 or empty. */
  readonly lost_reason: number;
  /** The cube, metres in frame_id: centre (the reference point) and edge. */
  readonly center: Float64Array;
  readonly edge: number;
  /**
   * Radians about the optical axis, and whether x is mirrored. With d = point - center and, where mirrored, d.x negated:
   * p = (cos(roll) d.x + sin(roll) d.y) / edge + 0.5, q = (-sin(roll) d.x + cos(roll) d.y) / edge + 0.5, r = d.z / edge + 0.5
   * are in [0, 1) inside the cube.
   */
  readonly roll: number;
  readonly mirror: boolean;
  /**
   * How certain the camera process is that this is a hand, 0 to 1, and whether it found it by searching the whole frame.
   */
  readonly confidence: number;
  readonly acquired: boolean;
  /** Direction from the hand to its forearm in the image plane, a unit vector; empty where none is in sight. */
  readonly arm: Float64Array;
  /**
   * Voxels along an edge. Voxel (x, y, z) has the index (z * grid_size + y) * grid_size + x and covers
   * [x, x + 1) / grid_size of p, and so on.
   */
  readonly grid_size: number;
  /** Occupied voxels. */
  readonly occupied: number;
  /** RUNS or BITMAP, whichever is shorter: cells are never more than grid_size^3 / 8 bytes, rounded up. */
  readonly encoding: number;
  readonly cells: Uint8Array;
}

/**
 * `voxhand_msgs/msg/PointerEvent`.
 *
 * One step of the cursor that a hand moves over a surface: a touch screen without touch.
 *
 * HOVER while nothing is pressed, then DOWN, any number of MOVE, then UP or CANCEL; HOVER again, or CANCEL when the hand leaves.
 * One hand points at a surface at a time. When the hand is lost, what it pressed is cancelled: a subscriber that acts only on
 * UP never acts on a hand that is gone.
 */
export interface PointerEventMessage {
  /**
   * stamp: of the depth frame.
   * frame_id: the frame of position, the same as that of the hand's joints.
   */
  readonly header: Header;
  /** Name of the surface, as in the profile. */
  readonly surface: string;
  /** How the surface is pressed: "push", "hover", "touch", "grab" or "pinch". */
  readonly interaction: string;
  /** As in HandJoints. */
  readonly hand_id: number;
  /** UNKNOWN, RIGHT or LEFT. */
  readonly handedness: number;
  /** HOVER, DOWN, MOVE, UP or CANCEL. */
  readonly phase: number;
  /** 0 to 1. */
  readonly confidence: number;
  /** Metres. The cursor on the surface. With CANCEL, the last one. */
  readonly position: Point;
  /** Metres. The cursor on the surface, from its upper left corner to the right and down. */
  readonly x: number;
  readonly y: number;
  /** The same as a share of the surface's width and height: 0, 0 is its upper left corner; 1, 1 the lower right one. */
  readonly u: number;
  readonly v: number;
  /** The same in pixels; zero where the surface has none. */
  readonly pixel_x: number;
  readonly pixel_y: number;
  /** Size of the surface, metres. */
  readonly width: number;
  readonly height: number;
  /** Metres. From the surface to the finger's tip (grab and pinch: to the hand); positive in front of it. */
  readonly distance: number;
  /** How far a press has come, 0 to 1: 1 with DOWN and MOVE. */
  readonly progress: number;
  /** The press has moved by more than the drag threshold: it is no click. */
  readonly dragging: boolean;
  /** Metres that the content of the surface is to move to the right and down since the event before, while dragging. */
  readonly scroll_x: number;
  readonly scroll_y: number;
  /** Since DOWN, or, of HOVER, since the cursor came. */
  readonly duration: Stamp;
  /** Name of the target under the cursor, where the surface has targets. */
  readonly target: string;
  /** Why the cursor is in this phase, in words. */
  readonly reason: string;
}

/** `diagnostic_msgs/msg/DiagnosticArray` */
export interface DiagnosticArrayMessage {
  readonly header: Header;
  readonly status: readonly DiagnosticStatus[];
}

/** `geometry_msgs/msg/PointStamped` */
export interface PointStampedMessage {
  readonly header: Header;
  readonly point: Point;
}

/** `geometry_msgs/msg/PoseArray` */
export interface PoseArrayMessage {
  readonly header: Header;
  readonly poses: readonly Pose[];
}

/** `sensor_msgs/msg/CameraInfo` */
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
  readonly roi: RegionOfInterest;
}

/** `sensor_msgs/msg/CompressedImage` */
export interface CompressedImageMessage {
  readonly header: Header;
  readonly format: string;
  readonly data: Uint8Array;
}

/** `sensor_msgs/msg/Image` */
export interface ImageMessage {
  readonly header: Header;
  readonly height: number;
  readonly width: number;
  readonly encoding: string;
  readonly is_bigendian: number;
  readonly step: number;
  readonly data: Uint8Array;
}

/** `sensor_msgs/msg/JointState` */
export interface JointStateMessage {
  readonly header: Header;
  readonly name: readonly string[];
  readonly position: Float64Array;
  readonly velocity: Float64Array;
  readonly effort: Float64Array;
}

/** `sensor_msgs/msg/PointCloud2` */
export interface PointCloud2Message {
  readonly header: Header;
  readonly height: number;
  readonly width: number;
  readonly fields: readonly PointField[];
  readonly is_bigendian: boolean;
  readonly point_step: number;
  readonly row_step: number;
  readonly data: Uint8Array;
  readonly is_dense: boolean;
}

/** `tf2_msgs/msg/TFMessage` */
export interface TfMessage {
  readonly transforms: readonly TransformStampedMessage[];
}

/** `trajectory_msgs/msg/JointTrajectory` */
export interface JointTrajectoryMessage {
  readonly header: Header;
  readonly joint_names: readonly string[];
  readonly points: readonly JointTrajectoryPoint[];
}

/** `visualization_msgs/msg/MarkerArray` */
export interface MarkerArrayMessage {
  readonly markers: readonly MarkerMessage[];
}

/** `std_msgs/msg/Header` */
export interface Header {
  readonly stamp: Stamp;
  readonly frame_id: string;
}

/** `geometry_msgs/msg/Point` */
export interface Point {
  readonly x: number;
  readonly y: number;
  readonly z: number;
}

/** `geometry_msgs/msg/Vector3` */
export interface Vector3 {
  readonly x: number;
  readonly y: number;
  readonly z: number;
}

/** `geometry_msgs/msg/Pose` */
export interface Pose {
  readonly position: Point;
  readonly orientation: Quaternion;
}

/** `geometry_msgs/msg/Quaternion` */
export interface Quaternion {
  readonly x: number;
  readonly y: number;
  readonly z: number;
  readonly w: number;
}

/** `diagnostic_msgs/msg/DiagnosticStatus` */
export interface DiagnosticStatus {
  readonly level: number;
  readonly name: string;
  readonly message: string;
  readonly hardware_id: string;
  readonly values: readonly KeyValue[];
}

/** `sensor_msgs/msg/RegionOfInterest` */
export interface RegionOfInterest {
  readonly x_offset: number;
  readonly y_offset: number;
  readonly height: number;
  readonly width: number;
  readonly do_rectify: boolean;
}

/** `sensor_msgs/msg/PointField` */
export interface PointField {
  readonly name: string;
  readonly offset: number;
  readonly datatype: number;
  readonly count: number;
}

/** `geometry_msgs/msg/TransformStamped` */
export interface TransformStampedMessage {
  readonly header: Header;
  readonly child_frame_id: string;
  readonly transform: Transform;
}

/** `trajectory_msgs/msg/JointTrajectoryPoint` */
export interface JointTrajectoryPoint {
  readonly positions: Float64Array;
  readonly velocities: Float64Array;
  readonly accelerations: Float64Array;
  readonly effort: Float64Array;
  readonly time_from_start: Stamp;
}

/** `visualization_msgs/msg/Marker` */
export interface MarkerMessage {
  readonly header: Header;
  readonly ns: string;
  readonly id: number;
  readonly type: number;
  readonly action: number;
  readonly pose: Pose;
  readonly scale: Vector3;
  readonly color: ColorRgba;
  readonly lifetime: Stamp;
  readonly frame_locked: boolean;
  readonly points: readonly Point[];
  readonly colors: readonly ColorRgba[];
  readonly text: string;
}

/** `diagnostic_msgs/msg/KeyValue` */
export interface KeyValue {
  readonly key: string;
  readonly value: string;
}

/** `geometry_msgs/msg/Transform` */
export interface Transform {
  readonly translation: Vector3;
  readonly rotation: Quaternion;
}

/** `std_msgs/msg/ColorRGBA` */
export interface ColorRgba {
  readonly r: number;
  readonly g: number;
  readonly b: number;
  readonly a: number;
}

/** Message types by schema name. Others of `common_interfaces` are known to the codec too, untyped. */
export interface RosMessages {
  'voxhand_msgs/msg/EnablingState': EnablingStateMessage;
  'voxhand_msgs/msg/GestureEvent': GestureEventMessage;
  'voxhand_msgs/msg/HandArray': HandArrayMessage;
  'voxhand_msgs/msg/HandDescription': HandDescriptionMessage;
  'voxhand_msgs/msg/HandFeedback': HandFeedbackMessage;
  'voxhand_msgs/msg/HandJoints': HandJointsMessage;
  'voxhand_msgs/msg/HandVoxels': HandVoxelsMessage;
  'voxhand_msgs/msg/PointerEvent': PointerEventMessage;
  'diagnostic_msgs/msg/DiagnosticArray': DiagnosticArrayMessage;
  'geometry_msgs/msg/PointStamped': PointStampedMessage;
  'geometry_msgs/msg/PoseArray': PoseArrayMessage;
  'sensor_msgs/msg/CameraInfo': CameraInfoMessage;
  'sensor_msgs/msg/CompressedImage': CompressedImageMessage;
  'sensor_msgs/msg/Image': ImageMessage;
  'sensor_msgs/msg/JointState': JointStateMessage;
  'sensor_msgs/msg/PointCloud2': PointCloud2Message;
  'tf2_msgs/msg/TFMessage': TfMessage;
  'trajectory_msgs/msg/JointTrajectory': JointTrajectoryMessage;
  'visualization_msgs/msg/MarkerArray': MarkerArrayMessage;
}

/** Constants of `voxhand_msgs/msg/GestureEvent`. */
export const GESTURE_EVENT = {
  UNKNOWN: 0,
  RIGHT: 1,
  LEFT: 2,
  /** The gesture has been recognised. */
  BEGIN: 0,
  /** It continues: position, direction, confidence and duration are updated. */
  UPDATE: 1,
  /** It was completed: the hand released it. */
  END: 2,
  /** It was cancelled and must have no effect. */
  CANCEL: 3,
  PINCH: 'pinch',
  GRAB: 'grab',
  SWIPE: 'swipe',
  PUSH: 'push',
  POINT: 'point',
  OPEN_PALM: 'open_palm',
} as const;

/** Constants of `voxhand_msgs/msg/HandDescription`. */
export const HAND_DESCRIPTION = {
  UNKNOWN: 0,
  RIGHT: 1,
  LEFT: 2,
} as const;

/** Constants of `voxhand_msgs/msg/HandFeedback`. */
export const HAND_FEEDBACK = {
  /** A receiver must refuse any other version. */
  VERSION: 2,
  /** Joints were read; tracked says whether they were accepted. */
  READ: 0,
  /** There were no voxels to read: the frame had no hand. */
  NOTED: 1,
  /** The voxels were not processed, for the reason given. */
  FAILED: 2,
  /** A newer frame of the same camera replaced it. */
  REPLACED: 3,
} as const;

/** Constants of `voxhand_msgs/msg/HandJoints`. */
export const HAND_JOINTS = {
  UNKNOWN: 0,
  RIGHT: 1,
  LEFT: 2,
} as const;

/** Constants of `voxhand_msgs/msg/HandVoxels`. */
export const HAND_VOXELS = {
  /** A receiver must refuse any other version. */
  VERSION: 2,
  LOST: 0,
  FOUND: 1,
  UNKNOWN: 0,
  RIGHT: 1,
  LEFT: 2,
  /**
   * Why there is no hand: no depth in the image; nothing in the interaction zone; nothing like a hand there; too little of it; it was left out
   * to save time.
   */
  NO_DEPTH: 0,
  ZONE_EMPTY: 1,
  NO_CANDIDATE: 2,
  TOO_SMALL: 3,
  SHED: 4,
  /**
   * cells: lengths of runs, in turn empty and occupied, beginning with empty, up to the last occupied voxel. Each is a number of
   * 7 bits a byte, the lowest first, with the highest bit of a byte set where another one follows. Only the first may be 0.
   */
  RUNS: 0,
  /** cells: one bit per voxel, the lowest bit of a byte first; the bits left over in the last byte are 0. */
  BITMAP: 1,
} as const;

/** Constants of `voxhand_msgs/msg/PointerEvent`. */
export const POINTER_EVENT = {
  UNKNOWN: 0,
  RIGHT: 1,
  LEFT: 2,
  /** The cursor is over the surface and nothing is pressed. */
  HOVER: 0,
  /** The press begins. */
  DOWN: 1,
  /** The cursor moves while pressed. */
  MOVE: 2,
  /** The press ends and counts. */
  UP: 3,
  /** The press ends without effect, or the cursor leaves the surface. */
  CANCEL: 4,
} as const;

/** Constants of `diagnostic_msgs/msg/DiagnosticStatus`. */
export const DIAGNOSTIC_STATUS = {
  OK: 0,
  WARN: 1,
  ERROR: 2,
  STALE: 3,
} as const;

/** Constants of `sensor_msgs/msg/PointField`. */
export const POINT_FIELD = {
  INT8: 1,
  UINT8: 2,
  INT16: 3,
  UINT16: 4,
  INT32: 5,
  UINT32: 6,
  FLOAT32: 7,
  FLOAT64: 8,
} as const;

/** Constants of `visualization_msgs/msg/Marker`. */
export const MARKER = {
  ARROW: 0,
  CUBE: 1,
  SPHERE: 2,
  CYLINDER: 3,
  LINE_STRIP: 4,
  LINE_LIST: 5,
  CUBE_LIST: 6,
  SPHERE_LIST: 7,
  POINTS: 8,
  TEXT_VIEW_FACING: 9,
  MESH_RESOURCE: 10,
  TRIANGLE_LIST: 11,
  ARROW_STRIP: 12,
  ADD: 0,
  MODIFY: 0,
  DELETE: 2,
  DELETEALL: 3,
} as const;

/** What the numbers of `handedness` in GestureEvent, HandDescription, HandJoints, HandVoxels, PointerEvent mean: the constants' names. */
export const HANDEDNESS = ['unknown', 'right', 'left'] as const;

/** What the numbers of `phase` in voxhand_msgs/msg/GestureEvent mean: the constants' names. */
export const GESTURE_EVENT_PHASE = ['begin', 'update', 'end', 'cancel'] as const;

/** What the numbers of `outcome` in voxhand_msgs/msg/HandFeedback mean: the constants' names. */
export const HAND_FEEDBACK_OUTCOME = ['read', 'noted', 'failed', 'replaced'] as const;

/** What the numbers of `state` in voxhand_msgs/msg/HandVoxels mean: the constants' names. */
export const HAND_VOXELS_STATE = ['lost', 'found'] as const;

/** What the numbers of `lost_reason` in voxhand_msgs/msg/HandVoxels mean: the constants' names. */
export const HAND_VOXELS_LOST_REASON = ['no-depth', 'zone-empty', 'no-candidate', 'too-small', 'shed'] as const;

/** What the numbers of `encoding` in voxhand_msgs/msg/HandVoxels mean: the constants' names. */
export const HAND_VOXELS_ENCODING = ['runs', 'bitmap'] as const;

/** What the numbers of `phase` in voxhand_msgs/msg/PointerEvent mean: the constants' names. */
export const POINTER_EVENT_PHASE = ['hover', 'down', 'move', 'up', 'cancel'] as const;

export const ENABLING_STATE_SCHEMA = 'voxhand_msgs/msg/EnablingState';
export const GESTURE_EVENT_SCHEMA = 'voxhand_msgs/msg/GestureEvent';
export const HAND_ARRAY_SCHEMA = 'voxhand_msgs/msg/HandArray';
export const HAND_DESCRIPTION_SCHEMA = 'voxhand_msgs/msg/HandDescription';
export const HAND_FEEDBACK_SCHEMA = 'voxhand_msgs/msg/HandFeedback';
export const HAND_JOINTS_SCHEMA = 'voxhand_msgs/msg/HandJoints';
export const HAND_VOXELS_SCHEMA = 'voxhand_msgs/msg/HandVoxels';
export const POINTER_EVENT_SCHEMA = 'voxhand_msgs/msg/PointerEvent';

/** The texts of our own `.msg` files, byte for byte, by schema name. */
export const OWN_DEFINITIONS = {
  [ENABLING_STATE_SCHEMA]: `# Whether a hand holds an enabling gesture. Published with every result, held or not, and between
# results when silence, a pause or a reset releases it.
#
# A consumer runs only while the newest message says engaged and has not expired: when nothing comes any more, for whatever
# reason, it stops by itself. This is no safety function in the sense of ISO 13849.

# stamp: of the depth frame.
# frame_id: empty.
std_msgs/Header header

# Name of the enabling gesture, as in the profile.
string name

# As in HandJoints; 0 where no hand holds it.
uint32 hand_id

# Whether it is held.
bool engaged

# Grows by one with each message of this name: a gap is a lost message. After 2^32 - 1 comes 0.
uint32 sequence

# The message holds until this long after its stamp; zero when not engaged.
builtin_interfaces/Duration expiry

# For how long it has been as it is.
builtin_interfaces/Duration duration

# Why it is held or not, in words.
string reason
`,
  [GESTURE_EVENT_SCHEMA]: `# One step of a gesture of one hand, for contactless control.
#
# Each gesture begins once and ends once: BEGIN, any number of UPDATE, then END or CANCEL. A gesture that is complete as soon
# as it is recognised (swipe, push) sends BEGIN and END with the same stamp. A hand makes only one gesture of a name at a time,
# so hand_id and gesture tell which BEGIN an END belongs to. When a hand is lost or leaves the zone, its gestures are
# cancelled: a subscriber that acts only on END never acts on a hand that is gone.

uint8 UNKNOWN=0
uint8 RIGHT=1
uint8 LEFT=2

# The gesture has been recognised.
uint8 BEGIN=0
# It continues: position, direction, confidence and duration are updated.
uint8 UPDATE=1
# It was completed: the hand released it.
uint8 END=2
# It was cancelled and must have no effect.
uint8 CANCEL=3

string PINCH="pinch"
string GRAB="grab"
string SWIPE="swipe"
string PUSH="push"
string POINT="point"
string OPEN_PALM="open_palm"

# stamp: of the depth frame.
# frame_id: the frame of position and direction, the same as that of the hand's joints.
std_msgs/Header header

# As in HandJoints.
uint32 hand_id

# UNKNOWN, RIGHT or LEFT.
uint8 handedness

# One of the names above, or a name of the user's own.
string gesture

# BEGIN, UPDATE, END or CANCEL.
uint8 phase

# 0 to 1.
float32 confidence

# Metres. Where the gesture acts: between the finger tips of a pinch, at the index finger's tip of a point, in the middle
# of the palm for all others. With CANCEL, the last position.
geometry_msgs/Point position

# Unit vector: where the hand went in a swipe or a push, where the index finger points in a point, where the palm faces
# in a grab and an open_palm. All zero where there is none, as in a pinch.
geometry_msgs/Vector3 direction

# Since BEGIN; zero with BEGIN. For a swipe or a push, with END: the duration of the movement.
builtin_interfaces/Duration duration

# What the gesture measures since BEGIN: radians for circle, knob (a turned pinch) and rotate, the factor for zoom, the turns
# so far for wave; zero for all others.
float32 value

# Of a gesture of two hands, the other one; -1 where there is none.
int32 other_hand_id

# Why the gesture is in this phase, in words.
string reason
`,
  [HAND_ARRAY_SCHEMA]: `# All hands of one depth frame, for subscribers that need to know which hands belong to one moment.

# stamp and frame_id: those of every hand in the array.
std_msgs/Header header

# In ascending order of hand_id; empty when there is none. A hand that was lost in this frame is in the array
# once more, with tracked false.
voxhand_msgs/HandJoints[] hands
`,
  [HAND_DESCRIPTION_SCHEMA]: `# What is said of one hand beside its joints: palm, pinch and grab, curls, bones, and where its joints are in the depth image.
#
# Published beside HandJoints, which stays small: header and hand_id say which HandJoints it belongs to. Worked out from the
# smoothed joints. A hand that is lost is said once with tracked false; all that follows is then zero or empty.
#
# Axes of the palm and of each bone, the same for both hands (as in OpenXR and LeapC):
# -z along it, towards the finger tips; y out of the back of the hand; x = y cross z.

uint8 UNKNOWN=0
uint8 RIGHT=1
uint8 LEFT=2

# stamp and frame_id: as in HandJoints. All places, directions and orientations are in frame_id.
std_msgs/Header header

# As in HandJoints.
uint32 hand_id

# UNKNOWN, RIGHT or LEFT.
uint8 handedness

# How likely that side is, 0 to 1; -1 where nobody has judged it.
float32 handedness_score

# Whether there is a hand.
bool tracked

# Probability that this is a hand whose joints are right, 0 to 1; -1 where the model has no such score.
float32 presence

# For how long the hand of this id has been tracked; a loss of less than a second does not count.
builtin_interfaces/Duration visible

# Metres: halfway between the wrist and the mean of the roots of the four fingers.
geometry_msgs/Pose palm

# Unit vectors: out of the palm, to where the fingers bend (-y of the palm), and from the wrist to the middle finger's root (-z).
geometry_msgs/Vector3 palm_normal
geometry_msgs/Vector3 palm_direction

# Of the palm's position, metres per second.
geometry_msgs/Vector3 palm_velocity

# Metres, from the wrist to the middle finger's root.
float64 palm_length

# Metres, between the tips of thumb and index finger.
float64 pinch_distance

# 1: the tips of thumb and index finger touch. 0: they are apart.
float32 pinch_strength

# 1: a fist. 0: an open hand.
float32 grab_strength

# Thumb, index, middle, ring, little: 0 straight, 1 the tip in the palm. Empty when not tracked.
float32[] curls

# One per bone in the order of the skeleton: joint 1 to its parent, joint 2 to its parent, and so on; empty when not tracked.
geometry_msgs/Quaternion[] bones

# Pixels of the depth image; 0 where the camera is not known.
uint32 image_width
uint32 image_height

# u, v of each joint, integers at pixel centres; NaN of a joint that the image cannot show; empty where the camera is not known.
float64[] pixels
`,
  [HAND_FEEDBACK_SCHEMA]: `# The answer to a HandVoxels message: what the network found in its voxels. The camera process needs it to find the hand in the
# next frame.

# A receiver must refuse any other version.
uint8 VERSION=2

# Joints were read; tracked says whether they were accepted.
uint8 READ=0
# There were no voxels to read: the frame had no hand.
uint8 NOTED=1
# The voxels were not processed, for the reason given.
uint8 FAILED=2
# A newer frame of the same camera replaced it.
uint8 REPLACED=3

uint8 version

# As in the message that is answered, as are camera, session, sequence and hand_id.
std_msgs/Header header
string camera
uint32 session
uint32 sequence
uint32 hand_id

# READ, NOTED, FAILED or REPLACED.
uint8 outcome

# With FAILED: a stable code, a colon and a text for people.
string reason

# With READ: whether the joints were accepted.
bool tracked

# With READ: x, y, z of each of the 21 joints in the order of "voxhand21", metres in frame_id, before smoothing; else empty.
float64[] positions

# With READ: one per joint, 0 to 1; else empty.
float32[] confidences
`,
  [HAND_JOINTS_SCHEMA]: `# The 21 joints of one hand at one moment.
#
# The loss of a hand is published explicitly: tracked is false, positions and confidences are empty.
# Joints of an earlier moment are never published again.

uint8 UNKNOWN=0
uint8 RIGHT=1
uint8 LEFT=2

# stamp: of the depth frame.
# frame_id: the frame of positions, a camera's optical frame (x right, y down, z forward) unless configured otherwise.
std_msgs/Header header

# Stable while the hand is tracked.
uint32 hand_id

# UNKNOWN, RIGHT or LEFT.
uint8 handedness

# Whether there is a hand.
bool tracked

# Name of the joint order. "voxhand21": wrist, then thumb, index, middle, ring, little,
# four joints each from the palm outwards.
string skeleton

# Metres, in frame_id, in the order of the skeleton; empty when not tracked.
geometry_msgs/Point[] positions

# One per joint, 0 to 1; empty when not tracked.
float32[] confidences

# Frames by which a centred smoothing window delays this message; 0 when causal.
uint32 lag_frames

# Time of publication minus stamp; zero in a replay.
builtin_interfaces/Duration age
`,
  [HAND_VOXELS_SCHEMA]: `# What one camera sees of one hand at one moment: the occupied voxels of a cube around it, for an inference process on another
# host. Of a depth frame with several hands each has a message of its own. A frame without a hand is sent too, so that the inference process
# can publish the loss.
#
# Answered by HandFeedback on another topic.

# A receiver must refuse any other version.
uint8 VERSION=2

uint8 LOST=0
uint8 FOUND=1

uint8 UNKNOWN=0
uint8 RIGHT=1
uint8 LEFT=2

# Why there is no hand: no depth in the image; nothing in the interaction zone; nothing like a hand there; too little of it; it was left out
# to save time.
uint8 NO_DEPTH=0
uint8 ZONE_EMPTY=1
uint8 NO_CANDIDATE=2
uint8 TOO_SMALL=3
uint8 SHED=4

# cells: lengths of runs, in turn empty and occupied, beginning with empty, up to the last occupied voxel. Each is a number of
# 7 bits a byte, the lowest first, with the highest bit of a byte set where another one follows. Only the first may be 0.
uint8 RUNS=0
# cells: one bit per voxel, the lowest bit of a byte first; the bits left over in the last byte are 0.
uint8 BITMAP=1

uint8 version

# stamp: of the depth frame. frame_id: the camera's optical frame (x right, y down, z forward).
std_msgs/Header header

# Tells the cameras of one inference process apart: 1 to 32 letters, digits and _.
string camera

# A number of this run of the camera process; the next run has another one.
uint32 session

# Counts the frames of a session: the messages of one frame have the same number.
uint32 sequence

# How many messages this frame has, 1 to 8.
uint8 hands

# Tells the hands of a camera apart: an id stays with its hand.
uint32 hand_id

# The side of the hand, or of the one that is searched for: RIGHT or LEFT. And how likely it is right, 0 to 1.
uint8 handedness
float64 handedness_score

# LOST or FOUND.
uint8 state

# With LOST: NO_DEPTH to SHED. All fields below are then 0 or empty.
uint8 lost_reason

# The cube, metres in frame_id: centre (the reference point) and edge.
float64[3] center
float64 edge

# Radians about the optical axis, and whether x is mirrored. With d = point - center and, where mirrored, d.x negated:
# p = (cos(roll) d.x + sin(roll) d.y) / edge + 0.5, q = (-sin(roll) d.x + cos(roll) d.y) / edge + 0.5, r = d.z / edge + 0.5
# are in [0, 1) inside the cube.
float64 roll
bool mirror

# How certain the camera process is that this is a hand, 0 to 1, and whether it found it by searching the whole frame.
float64 confidence
bool acquired

# Direction from the hand to its forearm in the image plane, a unit vector; empty where none is in sight.
float64[<=2] arm

# Voxels along an edge. Voxel (x, y, z) has the index (z * grid_size + y) * grid_size + x and covers
# [x, x + 1) / grid_size of p, and so on.
uint16 grid_size

# Occupied voxels.
uint32 occupied

# RUNS or BITMAP, whichever is shorter: cells are never more than grid_size^3 / 8 bytes, rounded up.
uint8 encoding
uint8[] cells
`,
  [POINTER_EVENT_SCHEMA]: `# One step of the cursor that a hand moves over a surface: a touch screen without touch.
#
# HOVER while nothing is pressed, then DOWN, any number of MOVE, then UP or CANCEL; HOVER again, or CANCEL when the hand leaves.
# One hand points at a surface at a time. When the hand is lost, what it pressed is cancelled: a subscriber that acts only on
# UP never acts on a hand that is gone.

uint8 UNKNOWN=0
uint8 RIGHT=1
uint8 LEFT=2

# The cursor is over the surface and nothing is pressed.
uint8 HOVER=0
# The press begins.
uint8 DOWN=1
# The cursor moves while pressed.
uint8 MOVE=2
# The press ends and counts.
uint8 UP=3
# The press ends without effect, or the cursor leaves the surface.
uint8 CANCEL=4

# stamp: of the depth frame.
# frame_id: the frame of position, the same as that of the hand's joints.
std_msgs/Header header

# Name of the surface, as in the profile.
string surface

# How the surface is pressed: "push", "hover", "touch", "grab" or "pinch".
string interaction

# As in HandJoints.
uint32 hand_id

# UNKNOWN, RIGHT or LEFT.
uint8 handedness

# HOVER, DOWN, MOVE, UP or CANCEL.
uint8 phase

# 0 to 1.
float32 confidence

# Metres. The cursor on the surface. With CANCEL, the last one.
geometry_msgs/Point position

# Metres. The cursor on the surface, from its upper left corner to the right and down.
float64 x
float64 y

# The same as a share of the surface's width and height: 0, 0 is its upper left corner; 1, 1 the lower right one.
float64 u
float64 v

# The same in pixels; zero where the surface has none.
float64 pixel_x
float64 pixel_y

# Size of the surface, metres.
float64 width
float64 height

# Metres. From the surface to the finger's tip (grab and pinch: to the hand); positive in front of it.
float32 distance

# How far a press has come, 0 to 1: 1 with DOWN and MOVE.
float32 progress

# The press has moved by more than the drag threshold: it is no click.
bool dragging

# Metres that the content of the surface is to move to the right and down since the event before, while dragging.
float32 scroll_x
float32 scroll_y

# Since DOWN, or, of HOVER, since the cursor came.
builtin_interfaces/Duration duration

# Name of the target under the cursor, where the surface has targets.
string target

# Why the cursor is in this phase, in words.
string reason
`,
} as const;
