/** Schema name of the message below, as MCAP and ROS 2 write it. */
export const GESTURE_EVENT_SCHEMA = 'voxhand_msgs/msg/GestureEvent';

/** The text of `msgs/voxhand_msgs/msg/GestureEvent.msg`, byte for byte (a test compares them), so that this room needs no file. */
export const GESTURE_EVENT_DEFINITION = `# One step of a gesture of one hand, for contactless control.
#
# Each gesture begins once and ends once: BEGIN, any number of UPDATE, then END or CANCEL. One that is over as soon as it
# is recognised (swipe, push) sends BEGIN and END with the same stamp. A hand makes a gesture of one name once at a time,
# so hand_id and gesture tell which BEGIN an END belongs to. A hand that is lost, or taken out of the zone, cancels
# what it had begun: whoever acts on END alone never acts on a hand that went away.

uint8 UNKNOWN=0
uint8 RIGHT=1
uint8 LEFT=2

# The gesture has been recognised.
uint8 BEGIN=0
# It goes on: position, direction, confidence and duration are new.
uint8 UPDATE=1
# It was completed: the hand let go.
uint8 END=2
# It was broken off and must have no effect.
uint8 CANCEL=3

string PINCH="pinch"
string GRAB="grab"
string SWIPE="swipe"
string PUSH="push"
string POINT="point"
string OPEN_PALM="open_palm"

# stamp: of the depth frame in which this was seen.
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
# of the palm for all others. With CANCEL, where it was last.
geometry_msgs/Point position

# Unit vector: where the hand went in a swipe or a push, where the index finger points in a point, where the palm faces
# in a grab and an open_palm. All zero where there is none, as in a pinch.
geometry_msgs/Vector3 direction

# Since BEGIN; zero with BEGIN. For a swipe or a push, with END: what the movement took.
builtin_interfaces/Duration duration
`;
