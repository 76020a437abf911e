/** Schema name of the message below, as MCAP and ROS 2 write it. */
export const HAND_FEEDBACK_SCHEMA = 'voxhand_msgs/msg/HandFeedback';

/** The text of `msgs/voxhand_msgs/msg/HandFeedback.msg`, byte for byte (a test compares them), so that this room needs no file. */
export const HAND_FEEDBACK_DEFINITION = `# The answer to a HandVoxels message: what the network read in its cells. The camera process looks for the next hand by it.

# Whoever reads another version must refuse it.
uint8 VERSION=1

# Joints were read; tracked says whether they were believed.
uint8 READ=0
# There were no cells to read: the frame had no hand. Taken note of.
uint8 NOTED=1
# The cells were not worked on, for the reason given.
uint8 FAILED=2
# A newer message of the same camera took its place.
uint8 REPLACED=3

uint8 version

# As in the message that is answered, as are camera, session and sequence.
std_msgs/Header header
string camera
uint32 session
uint32 sequence

# READ, NOTED, FAILED or REPLACED.
uint8 outcome

# With FAILED: a stable code, a colon and a text for people.
string reason

# With READ: whether the joints were believed.
bool tracked

# With READ: x, y, z of each of the 21 joints in the order of "voxhand21", metres in frame_id, before smoothing; else empty.
float64[] positions

# With READ: one a joint, 0 to 1; else empty.
float32[] confidences
`;
