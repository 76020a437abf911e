import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { trackerConfigSchema } from '../src/tracking/config.js';
import { viewerTopics } from '../src/tracking/views/viewer-topics.js';

type Mosaic = string | { readonly first: Mosaic; readonly second: Mosaic };
interface Layout {
  readonly configById: Readonly<Record<string, Readonly<Record<string, unknown>>>>;
  readonly layout: Mosaic;
}

/** Of the panels that both viewers have: named in Lichtblick's panels/index.ts, and in Foxglove under the same names. */
const PANELS = ['3D', 'Image', 'Plot', 'StateTransitions', 'DiagnosticSummary'];
const config = trackerConfigSchema.parse({});
const absolute = (topic: string) => (topic.startsWith('/') ? topic : `/${topic}`);
const TOPICS = [...Object.values(config.topics), ...Object.values(viewerTopics(config))].map(absolute);

describe.each([
  ['Foxglove', 'launch/layouts/voxhand.foxglove.json', 'foxglovePanelTitle'],
  ['Lichtblick', 'launch/layouts/voxhand.lichtblick.json', 'lichtblickPanelTitle'],
])('the layout for %s', (_, file, titleKey) => {
  const text = readFileSync(file, 'utf8');
  const layout = JSON.parse(text) as Layout;
  const leaves = (node: Mosaic): string[] =>
    typeof node === 'string' ? [node] : [...leaves(node.first), ...leaves(node.second)];

  it('places each panel once, and each of a known kind', () => {
    expect(leaves(layout.layout).sort()).toEqual(Object.keys(layout.configById).sort());
    for (const id of leaves(layout.layout)) expect(PANELS).toContain(id.split('!')[0]);
    expect(new Set(leaves(layout.layout).map((id) => id.split('!')[0]))).toEqual(new Set(PANELS));
  });

  it('gives each panel a title in the viewer’s own key', () => {
    for (const panel of Object.values(layout.configById)) expect(panel[titleKey]).toMatch(/\w/);
  });

  it('looks at each side by itself where a topic carries several hands', () => {
    const perHand = [...text.matchAll(/"(\/hand\/(?:joints|description)[^"]*)"/g)].map(([, path]) => path);
    expect(perHand.length).toBeGreaterThan(10);
    for (const path of perHand) expect(path).toMatch(/^\/hand\/\w+\{handedness==[12]\}\.\w/);
  });

  it('names topics that voxhand publishes', () => {
    const named = new Set(text.match(/(?<=")\/(?:hand|depth|diagnostics)[A-Za-z0-9_/]*/g));
    expect([...named].filter((topic) => !TOPICS.includes(topic))).toEqual([]);
    for (const topic of ['/hand/scene', '/hand/annotations', '/hand/gestures', '/diagnostics']) {
      expect(named).toContain(topic);
    }
  });
});
