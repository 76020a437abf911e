/** Schema name of the message below, as MCAP and ROS 2 write it. */
export const HAND_VOXELS_SCHEMA = 'voxhand_msgs/msg/HandVoxels';

/** The text of `msgs/voxhand_msgs/msg/HandVoxels.msg`, byte for byte (a test compares them), so that this room needs no file. */
export const HAND_VOXELS_DEFINITION = `# What one camera sees of one hand at one moment: the occupied cells of a cube around it, for an inference process on another
# host. A depth frame without a hand is sent too, so that the other side can say so.
#
# Answered by HandFeedback on another topic.

# Whoever reads another version must refuse it.
uint8 VERSION=1

uint8 LOST=0
uint8 FOUND=1

uint8 UNKNOWN=0
uint8 RIGHT=1
uint8 LEFT=2

# Why there is no hand: no depth in the image; nothing in the interaction zone; nothing like a hand there; too little of it.
uint8 NO_DEPTH=0
uint8 ZONE_EMPTY=1
uint8 NO_CANDIDATE=2
uint8 TOO_SMALL=3

# cells: lengths of runs, in turn empty and occupied, beginning with empty, up to the last occupied cell. Each is a number of
# 7 bits a byte, the lowest first, with the highest bit of a byte set where another one follows. Only the first may be 0.
uint8 RUNS=0
# cells: one bit a cell, the lowest bit of a byte first; the bits left over in the last byte are 0.
uint8 BITMAP=1

uint8 version

# stamp: of the depth frame. frame_id: the camera's optical frame (x right, y down, z forward).
std_msgs/Header header

# Tells the cameras of one inference process apart: 1 to 32 letters, digits and _.
string camera

# Of one run of the camera process; another one has another number.
uint32 session

# Counts the messages of a session.
uint32 sequence

# The hand that is looked for: RIGHT or LEFT.
uint8 handedness

# LOST or FOUND.
uint8 state

# With LOST: NO_DEPTH to TOO_SMALL. All fields below are then 0 and empty.
uint8 lost_reason

# The cube, metres in frame_id: centre (the reference point) and edge.
float64[3] center
float64 edge

# Radians about the optical axis, and whether x is mirrored. With d = point - center and, where mirrored, d.x negated:
# p = (cos(roll) d.x + sin(roll) d.y) / edge + 0.5, q = (-sin(roll) d.x + cos(roll) d.y) / edge + 0.5, r = d.z / edge + 0.5
# are in [0, 1) inside the cube.
float64 roll
bool mirror

# How sure the camera process is that this is a hand, 0 to 1, and whether it found it by searching the whole frame.
float64 confidence
bool acquired

# Direction from the hand to its forearm in the image plane, a unit vector; empty where none is in sight.
float64[<=2] arm

# Cells along an edge. Cell (x, y, z) has the index (z * grid_size + y) * grid_size + x and covers
# [x, x + 1) / grid_size of p, and so on.
uint16 grid_size

# Occupied cells.
uint32 occupied

# RUNS or BITMAP, whichever is shorter: cells are never more than grid_size^3 / 8 bytes, rounded up.
uint8 encoding
uint8[] cells
`;
