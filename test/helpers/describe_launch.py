"""Prints as JSON what a launch file comes to with some arguments, without starting any of it.

    describe_launch.py FILE [NAME:=VALUE]...
"""

import json
import sys

import launch
import yaml
from launch.actions import EmitEvent, ExecuteProcess, IncludeLaunchDescription, RegisterEventHandler
from launch.launch_description_sources import PythonLaunchDescriptionSource
from launch.utilities import perform_substitutions
from launch_ros.actions import Node


def text_of(context, part):
    return part if isinstance(part, str) else perform_substitutions(context, part)


def parameters_of(files):
    merged = {}
    for file in files:
        with open(file) as stream:
            for section in yaml.safe_load(stream).values():
                merged.update(flat(section['ros__parameters']))
    return merged


def flat(tree, prefix=''):
    """{'topics': {'depth': ...}} and {'topics.depth': ...} are the same to ROS."""
    for key, value in tree.items():
        if isinstance(value, dict):
            yield from flat(value, f'{prefix}{key}.')
        else:
            yield f'{prefix}{key}', value


def describe(context, entity):
    """Yield what the entity comes to. Processes and events are named; everything else is carried out."""
    if isinstance(entity, Node):
        # The only step of execute() that is wanted: it fills in the command line.
        entity._perform_substitutions(context)
        words = []
        for part in entity.cmd[1:]:
            try:
                words.append(text_of(context, part))
            except Exception:  # name and namespace are known when the process starts, not before
                words.append('...')
        given = [words[i + 1] for i, word in enumerate(words) if word == '--params-file']
        yield {
            'kind': type(entity).__name__,
            'name': entity.node_name,
            'arguments': words[:words.index('--ros-args') + 3],
            'parameters': parameters_of(given),
        }
    elif isinstance(entity, ExecuteProcess):
        yield {'kind': type(entity).__name__, 'command': [text_of(context, part) for part in entity.cmd]}
    elif isinstance(entity, (EmitEvent, RegisterEventHandler)):
        if entity.condition is None or entity.condition.evaluate(context):
            yield {'kind': type(entity).__name__}
    else:
        for inner in entity.visit(context) or []:
            yield from describe(context, inner)


def main(file, *arguments):
    given = [tuple(argument.split(':=', 1)) for argument in arguments]
    root = IncludeLaunchDescription(PythonLaunchDescriptionSource(file), launch_arguments=given)
    json.dump(list(describe(launch.LaunchContext(), root)), sys.stdout)


main(*sys.argv[1:])
