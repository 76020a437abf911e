"""Starts one hand tracker, as a plain or as a managed (lifecycle) node.

    ros2 launch voxhand hand_tracking.launch.py params_file:=realsense_d4xx target_frame:=base_link

An argument that is left empty leaves the parameter file's value, or the default, as it is. Include this file several times,
with different node_name or namespace, for several cameras.
"""

from pathlib import Path

from ament_index_python.packages import get_package_share_directory
from launch import LaunchDescription
from launch.actions import DeclareLaunchArgument, EmitEvent, OpaqueFunction, RegisterEventHandler
from launch.conditions import IfCondition
from launch.events import matches_action
from launch.substitutions import LaunchConfiguration
from launch_ros.actions import LifecycleNode, Node
from launch_ros.event_handlers import OnStateTransition
from launch_ros.events.lifecycle import ChangeState
from launch_ros.parameter_descriptions import ParameterValue
from lifecycle_msgs.msg import Transition

BOOLEANS = ['true', 'false']

# Launch argument, parameter that it sets.
PARAMETERS = {
    'depth_topic': 'topics.depth',
    'camera_info_topic': 'topics.camera_info',
    'model': 'inference.model',
    'provider': 'inference.provider',
    'handedness': 'handedness',
    'target_frame': 'output.target_frame',
    'camera': 'distribution.camera',
}

ARGUMENTS = [
    DeclareLaunchArgument(
        'params_file', default_value='',
        description='Parameter file: a path, or the name of one that comes with this package, such as realsense_d4xx.'),
    DeclareLaunchArgument('depth_topic', default_value='', description='Depth images.'),
    DeclareLaunchArgument('camera_info_topic', default_value='', description='Their camera info.'),
    DeclareLaunchArgument('model', default_value='', description='A packaged model, or the folder of one.'),
    DeclareLaunchArgument(
        'provider', default_value='', choices=['', 'cpu', 'cuda', 'tensorrt', 'webgpu'],
        description='Where the network runs.'),
    DeclareLaunchArgument(
        'target_frame', default_value='', description='TF frame to publish in; else the frame of the camera.'),
    DeclareLaunchArgument(
        'handedness', default_value='', choices=['', 'right', 'left'], description='The hand that is tracked.'),
    DeclareLaunchArgument('namespace', default_value='', description='Namespace of the node.'),
    DeclareLaunchArgument('node_name', default_value='hand_tracker', description='Name of the node.'),
    DeclareLaunchArgument(
        'lifecycle', default_value='false', choices=BOOLEANS, description='Start a managed node.'),
    DeclareLaunchArgument(
        'autostart', default_value='true', choices=BOOLEANS,
        description='Configure and activate a managed node as soon as it is there.'),
    DeclareLaunchArgument(
        'use_sim_time', default_value='false', choices=BOOLEANS, description='Take the time from /clock.'),
    DeclareLaunchArgument(
        'serve', default_value='false', choices=BOOLEANS, description='Serve Foxglove and the web page too.'),
    DeclareLaunchArgument(
        'role', default_value='', choices=['', 'whole', 'camera', 'inference'],
        description='Which part of a pipeline that is spread over hosts.'),
    DeclareLaunchArgument(
        'camera', default_value='', description='Name of the camera in a pipeline that is spread over hosts.'),
    DeclareLaunchArgument(
        'log_level', default_value='info', choices=['debug', 'info', 'warn', 'error', 'fatal'],
        description='From which severity on the node logs.'),
    DeclareLaunchArgument(
        'respawn', default_value='false', choices=BOOLEANS, description='Start the node again when it ends.'),
]


def resolve_params_file(given: str) -> str:
    """Return the path of a parameter file, given by path or by the name of one in this package."""
    path = Path(given).expanduser()
    if path.is_file():
        return str(path.resolve())
    folder = Path(get_package_share_directory('voxhand')) / 'params'
    packaged = folder / f'{given}.params.yaml'
    if packaged.is_file():
        return str(packaged)
    names = ', '.join(sorted(file.name.removesuffix('.params.yaml') for file in folder.glob('*.params.yaml')))
    raise RuntimeError(f'params_file:={given} is neither a file nor one of: {names}')


def start_tracker(context):
    """Build the node from the arguments' values: what was left empty must not be passed on at all."""
    def value(name):
        return LaunchConfiguration(name).perform(context)

    def is_true(name):
        return value(name) == 'true'

    parameters = [resolve_params_file(value('params_file'))] if value('params_file') else []
    given = {parameter: value(argument) for argument, parameter in PARAMETERS.items() if value(argument)}
    parameters.append({
        # Typed, so that a frame named "1" stays a name.
        **{parameter: ParameterValue(text, value_type=str) for parameter, text in given.items()},
        'use_sim_time': is_true('use_sim_time'),
    })

    arguments = []
    if is_true('lifecycle'):
        arguments.append('--lifecycle')
    if is_true('serve'):
        arguments.append('--serve')
    if value('role'):
        arguments += ['--role', value('role')]

    kind = LifecycleNode if is_true('lifecycle') else Node
    tracker = kind(
        package='voxhand',
        executable='voxhand',
        name=value('node_name'),
        namespace=value('namespace'),
        parameters=parameters,
        arguments=arguments,
        ros_arguments=['--log-level', value('log_level')],
        respawn=is_true('respawn'),
        respawn_delay=2.0,
        output='screen',
    )
    if not is_true('lifecycle'):
        return [tracker]

    def change(transition):
        return EmitEvent(
            event=ChangeState(lifecycle_node_matcher=matches_action(tracker), transition_id=transition),
            condition=IfCondition(value('autostart')))

    def activate_if_configured(context):
        return [change(Transition.TRANSITION_ACTIVATE)] if context.locals.event.goal_state == 'inactive' else []

    # Only the end of the first `configuring` activates: what somebody else configures or deactivates later is theirs.
    when_configured = OnStateTransition(
        target_lifecycle_node=tracker, start_state='configuring', handle_once=True,
        entities=[OpaqueFunction(function=activate_if_configured)])
    return [RegisterEventHandler(when_configured), tracker, change(Transition.TRANSITION_CONFIGURE)]


def generate_launch_description():
    """Describe the launch: the arguments, and the tracker made of them."""
    return LaunchDescription([*ARGUMENTS, OpaqueFunction(function=start_tracker)])
