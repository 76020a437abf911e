import { encode } from 'fast-png';
import { beforeAll, describe, expect, test } from 'vitest';
import { handAt, lostAt } from '../../../test/helpers/hands.js';
import { elementsOf, parseXml, type XmlElement } from '../../../test/helpers/xml.js';
import type { HandJoints } from '../../hand/hand-joints.js';
import { SKELETON_NAME } from '../../hand/skeleton.js';
import type { ComparedHand } from './compared-hand.js';
import type { Comparison, DrawnComparison } from './comparison.js';
import { ComparisonMeter } from './comparison-meter.js';
import { comparisonPage } from './comparison-page.js';
import { comparisonSummary, formatComparison } from './comparison-text.js';
import type { DepthPicture } from './difference-tile.js';
import { differenceTile } from './difference-tile.js';
import { distanceTimeline } from './distance-timeline.js';
import { EventMeter } from './event-comparison.js';
import { judge } from './judge.js';
import { junitReport } from './junit-report.js';
import { StreamTiming } from './stream-timing.js';
import { type ToleranceSettings, tolerances } from './tolerances.js';

const NASTY = 'golden <"&\'\u0007> \ud83d\ude00 ]]> .mcap';

function compared(hand: HandJoints): ComparedHand {
  return { ...hand, logTime: hand.stamp, age: 0n, skeleton: SKELETON_NAME };
}

/** Two recordings of ten frames: one joint 3 mm off in the new one, and whatever `change` makes of its hands. */
function drawn(
  change: (hand: HandJoints, frame: number) => HandJoints | undefined,
  settings: ToleranceSettings = {},
): DrawnComparison {
  const meter = new ComparisonMeter(4);
  const events = new EventMeter();
  const times = [new StreamTiming(), new StreamTiming()];
  for (let frame = 0; frame < 10; frame++) {
    const golden = compared(handAt({ frame }));
    const changed = change(handAt({ frame }), frame);
    const found = changed && compared(changed);
    times[0].add(golden);
    if (found) times[1].add(found);
    const of = (hand: ComparedHand) => ({ stamp: hand.stamp, epoch: 0, items: [hand] });
    meter.add({ golden: of(golden), ...(found && { new: of(found) }) });
  }
  events.addGolden({ stamp: 5n, hand: '0', gesture: '<pinch>', phase: 'begin' });
  const limits = tolerances(settings);
  const order = { outOfOrder: 0, tooLate: 0, jumpsBack: 0 };
  const evidence = {
    ...meter.report(),
    events: events.report(limits.events.window),
    timing: {
      golden: times[0].report(order),
      new: times[1].report(order),
      stages: [{ what: 'inference_p50_ms', golden: 20, new: null }],
    },
  };
  const comparison: Comparison = {
    ...judge(evidence, limits),
    topic: '/hand/joints',
    golden: { path: NASTY, unreadable: 0, loss: null },
    new: { path: 'new.mcap', unreadable: 0, loss: null },
    ...evidence,
    provenance: [{ what: 'model <x>', golden: 'a'.repeat(64), new: null }],
    tolerances: limits,
  };
  return { comparison, drawing: meter.drawing() };
}

const off = (mm: number) => (hand: HandJoints) => {
  const positions = hand.positions.slice();
  positions[3 * 4] += mm / 1000;
  return { ...hand, positions };
};

let moved: DrawnComparison;
let worse: DrawnComparison;

beforeAll(() => {
  moved = drawn(off(3), { events: { missing: 1 } });
  worse = drawn((hand, frame) => (frame === 2 ? lostAt(frame) : frame === 3 ? undefined : off(3)(hand)), {
    events: { missing: 1 },
  });
});

describe('the text', () => {
  test('says the verdict first, then why', () => {
    const [verdict, ...lines] = formatComparison(moved.comparison).split('\n');
    expect(verdict).toBe('NOT WITHIN TOLERANCE');
    expect(lines.slice(0, 3)).toEqual([
      '  mean distance of thumb_tip: 3.00 mm, at most 0.5 mm',
      '  p95 distance of thumb_tip: 3.00 mm, at most 1 mm',
      '',
    ]);
    expect(lines.join('\n')).toMatch(/thumb_tip +3\.00 +3\.00 +3\.00 +NOT mean, p95/);
    expect(lines).toContain('2 of 63 limits of single joints not met');
  });

  test('names changes with their time, origin and events', () => {
    const text = formatComparison(worse.comparison);
    expect(text).toContain('0.067 s  lost: no hand where there was one');
    expect(text).toContain('0.100 s  missing: not in the new recording');
    expect(text).toContain('model <x>: aaaaaaaaaaaa > (not given)');
    expect(text).toContain('missing: <pinch> begin of hand 0');
    expect(text).toMatch(/inference_p50_ms +20 +-/);
  });

  test('in one line says the essential', () => {
    expect(comparisonSummary(worse.comparison)).toBe(
      'not within tolerance: 8 compared; mean 0.143 mm, p95 0 mm, max 3.00 mm; 1 missing, 0 extra; hands appeared: 0, lost: 1; ' +
        'events: 1 missing, 0 extra, 0 of 0 moved',
    );
  });

  test('of nothing compared says so', () => {
    const { comparison } = drawn(() => undefined);
    expect(formatComparison(comparison)).toContain(
      'no result of the one recording has the stamp of one in the other (10 golden, 0 new)',
    );
  });
});

describe('the JUnit XML', () => {
  const named = (root: XmlElement, name: string) =>
    elementsOf(root, 'testcase').filter(({ attributes }) => attributes.name === name);

  test('is well-formed, whatever names are', () => {
    const root = parseXml(junitReport(moved.comparison));
    expect(root.name).toBe('testsuites');
    const [suite] = elementsOf(root, 'testsuite');
    expect(suite.attributes.name).toBe('golden <"&\' > \ud83d\ude00 ]]> .mcap /hand/joints');
  });

  test('has a test case for each criterion, and counts them', () => {
    const { comparison } = worse;
    const root = parseXml(junitReport(comparison));
    const cases = elementsOf(root, 'testcase');
    expect(cases).toHaveLength(comparison.criteria.length + 2);
    for (const { attributes } of [root, ...elementsOf(root, 'testsuite')]) {
      expect(Number(attributes.tests)).toBe(cases.length);
      expect(Number(attributes.failures)).toBe(elementsOf(root, 'failure').length);
      expect(attributes.errors).toBe('0');
    }
    const [suite] = elementsOf(root, 'testsuite');
    expect(Number(suite.attributes.skipped)).toBe(elementsOf(root, 'skipped').length);
    expect(new Set(cases.map(({ attributes }) => `${attributes.classname}.${attributes.name}`)).size).toBe(
      cases.length,
    );
    expect(comparison.reasons).toHaveLength(elementsOf(root, 'failure').length);
  });

  test.each([
    ['that moved', () => moved.comparison],
    ['that lost a hand and a result', () => worse.comparison],
    ['without anything to compare', () => drawn(() => undefined).comparison],
  ])('has only what readers of JUnit XML know: of recordings %s', (_, comparison) => {
    expectJunit(parseXml(junitReport(comparison())));
  });

  test('says what failed by how much', () => {
    const root = parseXml(junitReport(moved.comparison));
    const [thumb] = elementsOf(root, 'testcase').filter(
      ({ attributes }) => attributes.classname === 'voxhand.compare.joint.thumb_tip',
    );
    expect(thumb.children[0]).toMatchObject({
      name: 'failure',
      text: 'mean distance of thumb_tip: 3.00 mm, at most 0.5 mm',
    });
    expect(named(root, 'shift')[0].children[0].name).toBe('skipped');
  });

  test('says a loss as an error, and nothing compared as a failure', () => {
    const { comparison } = drawn(() => undefined);
    const broken = { ...comparison, new: { ...comparison.new, loss: { code: 'MCAP_TRUNCATED', message: 'it ends' } } };
    const root = parseXml(junitReport(broken));
    expect(named(root, 'whole')[0].children[0].attributes.message).toContain('it ends [MCAP_TRUNCATED]');
    expect(named(root, 'compared')[0].children[0].name).toBe('failure');
    expect(elementsOf(root, 'testsuite')[0].attributes.errors).toBe('1');
  });
});

describe('the page', () => {
  const page = (which: DrawnComparison, pictures?: ReadonlyMap<bigint, DepthPicture>) =>
    comparisonPage(which, { encodePng: encode, ...(pictures && { pictures }) });

  test('is a whole HTML document that needs nothing from elsewhere', () => {
    const html = page(worse);
    expect(html.startsWith('<!doctype html>')).toBe(true);
    expect(html).not.toMatch(/<script|<link|@import|url\(|src=|href="(?!data:)/);
    expect(html.replaceAll('http://www.w3.org/2000/svg', '')).not.toMatch(/https?:/);
    const [, body] = /<body>\n(.*)\n<\/body>/s.exec(html) ?? [];
    expect(elementsOf({ name: '', attributes: {}, text: '', children: [parseXml(body)] }, 'main')).toHaveLength(1);
  });

  test('does not take names for markup', () => {
    const html = page(moved);
    expect(html).toContain('golden &lt;&quot;&amp;');
    expect(html).not.toContain('<pinch>');
    expect(html).not.toContain('<x>');
  });

  test('shows the worst frames, hands that went first', () => {
    const html = page(worse);
    const captions = [...html.matchAll(/<figcaption>(.*?)<\/figcaption>/g)].map(([, caption]) => caption);
    expect(captions).toHaveLength(4);
    expect(captions[0]).toBe('0.067 s: no hand where there was one');
    expect(captions[1]).toMatch(/thumb_tip 3\.00 mm, mean 0\.143 mm/);
    expect(html).toContain('from the front');
    expect(html).toContain('from the side');
  });

  test('draws both hands over the depth image where there is one', () => {
    const [frame] = moved.drawing.worst;
    const picture: DepthPicture = {
      width: 320,
      height: 240,
      grey: new Uint8Array(320 * 240).fill(90),
      frameId: 'camera',
      project: (x, y, z) => (z > 0 ? [160 + (240 * x) / z, 120 + (240 * y) / z] : undefined),
    };
    expect(page(moved, new Map([[frame.stamp, picture]]))).toContain('data:image/png;base64,');
    const tile = parseXml(differenceTile(frame, picture, encode));
    const circles = elementsOf(tile, 'circle').map(({ attributes }) => [Number(attributes.cx), Number(attributes.cy)]);
    expect(circles).toHaveLength(2 * (2 * 21 + 1)); // two views of two hands and a ring
    for (const [x, y] of circles) {
      expect(x).toBeGreaterThan(0);
      expect(x).toBeLessThan(340);
      expect(y).toBeGreaterThan(0);
      expect(y).toBeLessThan(300);
    }
    // over the image, the thumb's tip is where it was not, and nothing else; the ring is around it
    const [found, golden, ring] = [circles.slice(0, 21), circles.slice(21, 42), circles[42]];
    const apart = found.filter(([x, y], joint) => Math.hypot(x - golden[joint][0], y - golden[joint][1]) > 0.02);
    expect(apart).toEqual([ring]);
    expect(ring).toEqual(found[4]);
    for (const [x] of circles.slice(0, 43)) expect(x).toBeLessThan(236);
    for (const [x] of circles.slice(43)) expect(x).toBeGreaterThan(236);
  });

  test('shows from the side what a hand is nearer or farther, which the depth image hides', () => {
    const { drawing } = drawn((hand) => {
      const positions = hand.positions.slice();
      positions[3 * 8 + 2] += 0.03; // the index finger's tip, away from the camera
      return { ...hand, positions };
    });
    const circles = elementsOf(parseXml(differenceTile(drawing.worst[0], undefined, encode)), 'circle');
    const at = (i: number) => [Number(circles[i].attributes.cx), Number(circles[i].attributes.cy)];
    const [front, side] = [0, 43].map((first) => Math.hypot(...at(first + 8).map((v, k) => v - at(first + 29)[k])));
    expect(front).toBe(0);
    expect(side).toBeGreaterThan(20);
  });

  test('breaks the curve of a recording that jumps back in time, instead of drawing a line across', () => {
    const bucket = (stamp: bigint) => ({
      stamp,
      compared: 1,
      meanMm: 1,
      maxMm: 2,
      missing: 0,
      extra: 0,
      found: 0,
      lost: 0,
    });
    const lines = (stamps: bigint[]) =>
      elementsOf(parseXml(distanceTimeline(stamps.map(bucket), [], 0n)), 'polyline').length;
    expect(lines([0n, 1n, 2n, 3n])).toBe(2); // mean and largest
    expect(lines([0n, 1n, 0n, 1n])).toBe(4);
  });

  test('draws the limit of the largest distance where the plot reaches so high', () => {
    expect(page(moved)).not.toContain('at most 5 mm</text>');
    expect(page(drawn(off(12)))).toContain('at most 5 mm</text>');
  });

  test('has an axis that reaches over the largest distance, and says the limit beside the curves', () => {
    const bucket = { stamp: 0n, compared: 1, meanMm: 1, maxMm: 14.99, missing: 0, extra: 0, found: 0, lost: 0 };
    const texts = elementsOf(parseXml(distanceTimeline([bucket, { ...bucket, stamp: 1n }], [], 0n, 5)), 'text');
    const ticks = texts.filter(({ attributes: { x, 'text-anchor': anchor } }) => x === '80' && anchor === 'end');
    expect(ticks.map(({ text }) => text)).toEqual(['mm', '0', '5', '10', '15']);
    const limit = texts.find(({ text }) => text === 'at most 5 mm');
    expect(Number(limit?.attributes.y)).toBeLessThan(Number(ticks[4].attributes.y) - 10);
  });

  test('draws hands alone where the depth image is in another frame', () => {
    const [frame] = moved.drawing.worst;
    const picture = { width: 2, height: 2, grey: new Uint8Array(4), frameId: 'other', project: () => undefined };
    expect(differenceTile(frame, picture, encode)).not.toContain('data:image');
  });

  test('is there for two recordings that are the same', () => {
    expect(page(drawn((hand) => hand, { events: { missing: 1 } }))).toContain('within tolerance');
    expect(page(drawn(() => undefined))).toContain('not within tolerance');
  });
});

/**
 * The elements and attributes that the readers of GitLab, GitHub's actions and Jenkins agree on; the schema of Jenkins' xUnit plugin
 * refuses a file with any other.
 */
const JUNIT: Readonly<Record<string, { attributes: string; required: string; children: string }>> = {
  testsuites: { attributes: 'name tests failures errors time', required: '', children: 'testsuite' },
  testsuite: {
    attributes: 'name tests failures errors skipped time',
    required: 'name tests failures errors',
    children: 'properties testcase system-out',
  },
  properties: { attributes: '', required: '', children: 'property' },
  property: { attributes: 'name value', required: 'name value', children: '' },
  testcase: { attributes: 'classname name time', required: 'classname name', children: 'failure error skipped' },
  failure: { attributes: 'type message', required: '', children: '' },
  error: { attributes: 'type message', required: '', children: '' },
  skipped: { attributes: 'type message', required: '', children: '' },
  'system-out': { attributes: '', required: '', children: '' },
};

function expectJunit(element: XmlElement): void {
  const { attributes, required, children } = JUNIT[element.name];
  expect(attributes.split(' ')).toEqual(expect.arrayContaining(Object.keys(element.attributes)));
  if (required !== '') expect(Object.keys(element.attributes)).toEqual(expect.arrayContaining(required.split(' ')));
  if ('time' in element.attributes) expect(element.attributes.time).toMatch(/^\d*(\.\d*)?$/);
  for (const child of element.children) {
    expect(children.split(' ')).toContain(child.name);
    expectJunit(child);
  }
}
