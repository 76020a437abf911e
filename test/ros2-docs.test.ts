import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { ruleTable } from '../src/node/node-rules.js';
import { trackerConfig } from '../src/tracking/config.js';
import { trackerParameters } from '../src/tracking/parameters.js';

const text = readFileSync('docs/ros2.md', 'utf8');
const between = (from: string, to: string) => text.split(from)[1]?.split(to)[0] ?? '';
const quoted = (part: string) =>
  [...part.replace(/```[\s\S]*?```/g, '').matchAll(/`([^`]+)`/g)].map(([, name]) => name as string);

describe('docs/ros2.md', () => {
  it('has the rules of the diagnostics as they are', () => {
    expect(text).toContain(`compared by a test -->\n\n${ruleTable()}\n\n<!-- /rules -->`);
  });

  it('names topics by their defaults, with the QoS that they have', () => {
    const { topics, qos } = trackerConfig();
    const section = between('## Topics and QoS', '## Parameters');
    const said = quoted(section);
    for (const topic of Object.values(topics)) {
      const relative = topic.slice(1);
      // cells and answers are told of under "Several hosts"; gestures are not published yet
      if (/voxels|feedback|gestures/.test(topic)) continue;
      expect(
        said.some((name) => name === topic || name === relative),
        topic,
      ).toBe(true);
    }
    for (const input of [qos.depth, qos.cameraInfo]) {
      expect(input).toMatchObject({ profile: 'sensor_data', durability: 'volatile' });
      expect(section).toContain(`best effort, keep last ${input.depth} |`);
    }
    for (const output of [qos.joints, qos.poses, qos.markers, qos.reference, qos.diagnostics]) {
      expect(output).toEqual({ profile: 'reliable', depth: 10, durability: 'volatile' });
    }
  });

  it('lists every argument of the launch file, with its default', () => {
    const launch = readFileSync('launch/hand_tracking.launch.py', 'utf8');
    const names = [...launch.matchAll(/DeclareLaunchArgument\(\s*'(\w+)'/g)].map(([, name]) => name as string);
    const listed = quoted(between('| argument | default | |', 'In a launch file of your own'));
    expect(names.filter((name) => !listed.includes(name))).toEqual([]);
    expect(launch).toContain("'node_name', default_value='hand_tracker'");
  });

  it('speaks of no parameter that does not exist', () => {
    const known = trackerParameters().map(({ name }) => name);
    const rooms = new Set(known.map((name) => name.split('.')[0]));
    const said = quoted(text)
      .map((name) => name.split(':')[0])
      .filter((name) => /^\w+(\.\w+)+$/.test(name) && rooms.has(name.split('.')[0]));
    expect(said.length).toBeGreaterThan(20);
    expect(said.filter((name) => !known.includes(name))).toEqual([]);
  });

  it('names parameter files that there are', () => {
    const rows = between('| `params_file` | driver |', '`params_file` also').match(/^\| `(\w+)`/gm) ?? [];
    expect(rows).toHaveLength(5);
    for (const row of rows) readFileSync(`launch/params/${row.slice(3, -1)}.params.yaml`);
  });
});
