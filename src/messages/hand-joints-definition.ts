import type { Handedness } from '../hand/index.js';

/** The constants UNKNOWN, RIGHT and LEFT of the message below, as numbered there. */
export const HANDEDNESS: readonly Handedness[] = ['unknown', 'right', 'left'];

/** Schema name of the message below, as MCAP and ROS 2 write it. */
export const HAND_JOINTS_SCHEMA = 'voxhand_msgs/msg/HandJoints';

/**
 * The text of `msgs/voxhand_msgs/msg/HandJoints.msg`, byte for byte (a test compares them), so that this room needs no
 * file.
 */
export const HAND_JOINTS_DEFINITION = `# The 21 joints of one hand at one moment.
#
# A hand that is gone is said: tracked is false, positions and confidences are empty.
# Joints of an earlier moment are never published again.

uint8 UNKNOWN=0
uint8 RIGHT=1
uint8 LEFT=2

# stamp: of the depth frame that this is about.
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

# One a joint, 0 to 1; empty when not tracked.
float32[] confidences

# Frames by which a centred smoothing window delays this message; 0 when causal.
uint32 lag_frames

# Time of publishing minus stamp; zero in a replay.
builtin_interfaces/Duration age
`;
