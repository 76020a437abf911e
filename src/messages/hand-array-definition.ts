/** Schema name of the message below, as MCAP and ROS 2 write it. */
export const HAND_ARRAY_SCHEMA = 'voxhand_msgs/msg/HandArray';

/** The text of `msgs/voxhand_msgs/msg/HandArray.msg`, byte for byte (a test compares them), so that this room needs no file. */
export const HAND_ARRAY_DEFINITION = `# The hands of one depth frame, for those to whom it matters which hands belong to one moment.

# stamp and frame_id: of every hand in here.
std_msgs/Header header

# In ascending order of hand_id; empty when there is none. A hand that was lost in this frame is here once more,
# with tracked false.
voxhand_msgs/HandJoints[] hands
`;
