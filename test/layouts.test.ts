import { readFileSync } from 'node:fs';
import { parse } from '@foxglove/rosmsg';
import { describe, expect, it } from 'vitest';
import { cdrCodec } from '../src/messages/cdr-codec.js';
import { toPointCloud2 } from '../src/messages/points.js';
import { trackerConfigSchema } from '../src/tracking/config.js';
import { OUTPUTS } from '../src/tracking/output-topics.js';
import { advertiseViews, viewerTopics } from '../src/tracking/views/viewer-topics.js';

type Mosaic = string | { readonly first: Mosaic; readonly second: Mosaic };
interface Layout {
  // biome-ignore lint/suspicious/noExplicitAny: the settings of panels, which are the viewers' own
  readonly configById: Readonly<Record<string, any>>;
  readonly layout: Mosaic;
}

/** Of the panels that both viewers have: named in Lichtblick's panels/index.ts, and in Foxglove under the same names. */
const PANELS = ['3D', 'Image', 'Plot', 'StateTransitions', 'DiagnosticSummary'];
const config = trackerConfigSchema.parse({});
const absolute = (topic: string) => (topic.startsWith('/') ? topic : `/${topic}`);
/** The type of each topic that results, views and diagnostics are published on. */
const TYPES = new Map<string, string>(OUTPUTS.map(([key, { type }]) => [absolute(config.topics[key]), type]));
advertiseViews(
  {
    advertise: (topic, codec) => {
      TYPES.set(absolute(topic), codec.schemaName);
      return { topic, publish: async () => undefined, wanted: () => false };
    },
    write: async () => undefined,
    close: async () => undefined,
  },
  viewerTopics(config),
  () => true,
);
/** What only a server offers. */
const LIVE_ONLY = ['/depth/image_rect_raw/compressed', '/depth/image_rect_raw/compressedDepth'];

/** The type of what a viewer's message path (`/topic.list[:].of{key=="x"}.field.@derivative`) leads to; undefined where it leads nowhere. */
function typeAt(path: string): string | undefined {
  const [, topic = '', fields = ''] = /^(\/\w+(?:\/\w+)*)(.*)$/.exec(path) ?? [];
  const type = TYPES.get(topic);
  if (type === undefined) return undefined;
  const definitions = parse(new TextDecoder().decode(cdrCodec(type).schemaData), { ros2: true });
  const named = (name: string) => definitions.find((one) => one.name === name);
  let within = definitions.find(({ name }) => name === undefined || name === type);
  let found: string | undefined = type;
  const filters = [...fields.replace(/"[^"]*"/g, '').matchAll(/\.(@?)(\w+)|\{(\w+)==/g)];
  for (const [, modifier, field, filter] of filters) {
    if (modifier === '@') continue;
    const next = within?.definitions.find(({ name, isConstant }) => name === (field ?? filter) && isConstant !== true);
    if (next === undefined) return undefined;
    if (filter !== undefined) continue;
    found = next.type;
    within = next.isComplex === true ? named(next.type) : undefined;
  }
  return found;
}

describe.each([
  ['a live server', 'launch/layouts/live.json'],
  ['a recording', 'launch/layouts/recording.json'],
])('the layout for %s', (what, file) => {
  const text = readFileSync(file, 'utf8');
  const { configById: panels, layout } = JSON.parse(text) as Layout;
  const leaves = (node: Mosaic): string[] =>
    typeof node === 'string' ? [node] : [...leaves(node.first), ...leaves(node.second)];
  const ofKind = (kind: string) =>
    Object.entries(panels).flatMap(([id, panel]) => (id.startsWith(`${kind}!`) ? [panel] : []));
  const paths = Object.values(panels).flatMap((panel) =>
    (panel.paths ?? []).map(({ value }: { value: string }) => value),
  );

  it('places each panel once, and each of a known kind', () => {
    expect(leaves(layout).sort()).toEqual(Object.keys(panels).sort());
    expect(new Set(leaves(layout).map((id) => id.split('!')[0]))).toEqual(new Set(PANELS));
  });

  it('gives each panel a title, in the key of either viewer', () => {
    for (const { foxglovePanelTitle, lichtblickPanelTitle } of Object.values(panels)) {
      expect(foxglovePanelTitle).toMatch(/\w/);
      expect(lichtblickPanelTitle).toBe(foxglovePanelTitle);
    }
  });

  it('names topics that voxhand publishes, and in a recording writes', () => {
    const named = new Set(text.match(/(?<=")\/(?:hand|depth|diagnostics)[A-Za-z0-9_/]*/g));
    const known = [...TYPES.keys()].filter((topic) => what === 'a live server' || !LIVE_ONLY.includes(topic));
    expect([...named].filter((topic) => !known.includes(topic))).toEqual([]);
    for (const topic of ['/hand/scene', '/hand/annotations', '/hand/cube', '/depth/points', '/hand/voxel_points']) {
      expect(named).toContain(topic);
    }
  });

  it('plots fields that the messages have, as numbers, states or texts', () => {
    expect(paths.length).toBeGreaterThan(15);
    for (const path of paths)
      expect([path, typeAt(path)]).toEqual([path, expect.stringMatching(/^(float|u?int|bool|string)/)]);
    expect(typeAt('/hand/joints{handedness==1}.positions[8].w')).toBeUndefined();
  });

  it('looks at each side by itself where a topic carries several hands', () => {
    const perHand = paths.filter((path) => /^\/hand\/(joints|description)/.test(path));
    expect(perHand.length).toBeGreaterThan(10);
    for (const path of perHand) expect(path).toMatch(/^\/hand\/\w+\{handedness==[12]\}\.\w/);
  });

  it('colours points by a field that they have, translucent, so that the skeleton is seen through them', () => {
    const fields = toPointCloud2({ stamp: 0n, frameId: '', positions: new Float32Array(3) }).fields.map(
      ({ name }) => name,
    );
    const [{ topics }] = ofKind('3D');
    for (const topic of ['/depth/points', '/hand/voxel_points']) {
      const { colorField, colorMode, flatColor, gradient, pointSize } = topics[topic];
      expect(fields).toContain(colorField);
      expect(pointSize).toBeLessThanOrEqual(3);
      for (const color of colorMode === 'gradient' ? gradient : [flatColor])
        expect(color).toMatch(/^#[0-9a-f]{6}[0-9a-f]{2}$/);
    }
  });

  it('draws the skeletons over the image of their own stamp', () => {
    const [{ imageMode }] = ofKind('Image');
    expect(imageMode).toMatchObject({ synchronize: true, annotations: { '/hand/annotations': { visible: true } } });
    expect(['sensor_msgs/msg/Image', 'sensor_msgs/msg/CompressedImage']).toContain(TYPES.get(imageMode.imageTopic));
    expect(TYPES.get(imageMode.calibrationTopic)).toBe('sensor_msgs/msg/CameraInfo');
  });
});
