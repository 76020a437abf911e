"""Plays a recording of depth frames onto the graph, with its time on /clock, and starts a tracker that follows it.

    ros2 launch voxhand replay.launch.py recording:=/data/cell.mcap rate:=0.5

Needs rosbag2 with its MCAP storage. Only the topics named in `topics` are played, so that a recording's own hands do not
mix with the tracker's. Further arguments are those of hand_tracking.launch.py.
"""

from pathlib import Path

from launch import LaunchDescription
from launch.actions import DeclareLaunchArgument, ExecuteProcess, IncludeLaunchDescription, OpaqueFunction, Shutdown
from launch.conditions import IfCondition
from launch.launch_description_sources import PythonLaunchDescriptionSource
from launch.substitutions import LaunchConfiguration, ThisLaunchFileDir

BOOLEANS = ['true', 'false']

# Passed on to the tracker as they are.
TRACKER_ARGUMENTS = [
    DeclareLaunchArgument('params_file', default_value='', description='Parameter file of the tracker.'),
    DeclareLaunchArgument('depth_topic', default_value='/depth/image_rect_raw', description='Depth images.'),
    DeclareLaunchArgument('camera_info_topic', default_value='/depth/camera_info', description='Their camera info.'),
    DeclareLaunchArgument('model', default_value='', description='A packaged model, or the folder of one.'),
    DeclareLaunchArgument('provider', default_value='', description='Where the network runs.'),
    DeclareLaunchArgument('target_frame', default_value='', description='TF frame to publish in.'),
    DeclareLaunchArgument('handedness', default_value='', description='The hand that is tracked.'),
    DeclareLaunchArgument('namespace', default_value='', description='Namespace of the tracker.'),
    DeclareLaunchArgument('node_name', default_value='hand_tracker', description='Name of the tracker.'),
    DeclareLaunchArgument('lifecycle', default_value='false', choices=BOOLEANS, description='Start a managed node.'),
    DeclareLaunchArgument('serve', default_value='false', choices=BOOLEANS, description='Serve Foxglove too.'),
    DeclareLaunchArgument('log_level', default_value='info', description='From which severity on the tracker logs.'),
]

PLAYER_ARGUMENTS = [
    DeclareLaunchArgument('recording', description='The recording, an MCAP file or the folder of a bag.'),
    DeclareLaunchArgument('rate', default_value='1.0', description='Times real time.'),
    DeclareLaunchArgument('loop', default_value='false', choices=BOOLEANS, description='Begin again at the end.'),
    DeclareLaunchArgument(
        'start_paused', default_value='false', choices=BOOLEANS,
        description='Wait for a call of /rosbag2_player/resume.'),
    DeclareLaunchArgument(
        'delay', default_value='3.0', description='Seconds before playing, in which the tracker loads its model.'),
    DeclareLaunchArgument('clock_rate', default_value='100.0', description='Messages a second on /clock.'),
    DeclareLaunchArgument(
        'topics', default_value='',
        description='Topics to play, separated by blanks; else depth, camera info, /tf and /tf_static.'),
    DeclareLaunchArgument('tracker', default_value='true', choices=BOOLEANS, description='Start a tracker too.'),
]


def play(context):
    """Build the player's command line."""
    def value(name):
        return LaunchConfiguration(name).perform(context)

    recording = Path(value('recording')).expanduser()
    if not recording.exists():
        raise RuntimeError(f'recording:={recording} does not exist')
    topics = value('topics').split() or [
        value('depth_topic'), value('camera_info_topic'), '/tf', '/tf_static']
    command = [
        'ros2', 'bag', 'play', str(recording), '--disable-keyboard-controls',
        '--clock', value('clock_rate'), '--rate', value('rate')]
    if recording.suffix == '.mcap':
        command += ['--storage', 'mcap']
    if float(value('delay')) > 0:
        command += ['--delay', value('delay')]
    if value('loop') == 'true':
        command.append('--loop')
    if value('start_paused') == 'true':
        command.append('--start-paused')
    # What is played ends the launch when it ends: there will be no more frames, and no more time.
    return [ExecuteProcess(
        cmd=[*command, '--topics', *topics], name='player', output='screen', on_exit=Shutdown())]


def generate_launch_description():
    """Describe the launch: the player, and the tracker in simulated time."""
    tracker = IncludeLaunchDescription(
        PythonLaunchDescriptionSource([ThisLaunchFileDir(), '/hand_tracking.launch.py']),
        launch_arguments={
            **{argument.name: LaunchConfiguration(argument.name) for argument in TRACKER_ARGUMENTS},
            'use_sim_time': 'true',
        }.items(),
        condition=IfCondition(LaunchConfiguration('tracker')))
    return LaunchDescription([*PLAYER_ARGUMENTS, *TRACKER_ARGUMENTS, tracker, OpaqueFunction(function=play)])
