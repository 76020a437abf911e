import { existsSync } from 'node:fs';
import { type Browser, chromium, type Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { HandJoints } from '../src/hand/hand-joints.js';
import { cdrCodec } from '../src/messages/cdr-codec.js';
import { toPointerEventMessage } from '../src/messages/gesture-messages.js';
import { toHandJointsMessage } from '../src/messages/hand-joints-message.js';
import { createFoxgloveServer, type FoxgloveServer } from '../src/transport/foxglove/server/foxglove-server.js';
import { CHROMIUM_ARGS, findChromium } from './helpers/chromium.js';
import { until } from './helpers/foxglove.js';

const PAGE = 'dist/viewer';
const executablePath = findChromium();
/** For what never happens: a busy machine may take long. */
const LIMIT = 300_000;
const VIEW = { width: 1200, height: 760 };

type Phase = 'HOVER' | 'DOWN' | 'MOVE' | 'UP' | 'CANCEL';

describe.skipIf(executablePath === undefined)(
  `the contactless page in a real browser${executablePath === undefined ? ' SKIPPED: no Chromium here, set CHROMIUM to one' : ''}`,
  () => {
    let browser: Browser;
    let server: FoxgloveServer;
    let page: Page;
    const trouble: string[] = [];
    let stamp = 1_700_000_000_000_000_000n;

    beforeAll(async () => {
      if (!existsSync(`${PAGE}/contactless.html`))
        throw new Error(`no ${PAGE}/contactless.html: npm run build makes it`);
      [browser, server] = await Promise.all([
        chromium.launch({ executablePath: executablePath as string, args: [...CHROMIUM_ARGS] }),
        createFoxgloveServer({ port: 0, page: PAGE }),
      ]);
      const context = await browser.newContext({ viewport: VIEW, reducedMotion: 'reduce' });
      context.setDefaultTimeout(LIMIT);
      page = await context.newPage();
      page.on('pageerror', (error) => trouble.push(error.message));
      page.on('console', (message) => message.type() === 'error' && trouble.push(message.text()));
      page.on('request', (request) => {
        if (!request.url().startsWith(`http://127.0.0.1:${server.port}/`)) trouble.push(`asked for ${request.url()}`);
      });
      // its time stands still: a busy machine makes no silence
      await page.clock.install();
      await page.goto(`http://127.0.0.1:${server.port}/contactless.html`);
      await until(() => server.eventClients().length === 1, 'the page at the stream');
      await page.clock.pauseAt(Date.now() + 3_600_000);
    });
    afterAll(async () => {
      await browser?.close();
      await server?.close();
    });

    const holds = async (expression: string) => {
      const end = Date.now() + LIMIT;
      while (!(await page.evaluate(expression))) {
        if (Date.now() > end) throw new Error(`it did not happen: ${expression}`);
        await page.waitForTimeout(10);
      }
    };
    const read = (expression: string) => page.evaluate(expression) as Promise<string | number | null>;
    const publisher = () => server.advertise('/hand/pointer', cdrCodec('voxhand_msgs/msg/PointerEvent'));
    /** A step of a hand's cursor over pixels of the page. */
    const point = async (
      phase: Phase,
      [px, py]: readonly number[],
      more: { progress?: number; dragging?: boolean } = {},
    ) => {
      stamp += 33_333_333n;
      const [u, v] = [px / VIEW.width, py / VIEW.height];
      const message = toPointerEventMessage({
        ...{ stamp, frameId: 'camera', surface: 'screen', interaction: 'push', handId: 1, handedness: 'right', phase },
        ...{ position: [0, 0, 0.5], x: 0.5 * u, y: 0.3 * v, u, v, pixelX: px, pixelY: py, width: 0.5, height: 0.3 },
        ...{
          distance: 0.02,
          progress: 0,
          dragging: false,
          scrollX: 0,
          scrollY: 0,
          confidence: 1,
          since: 0,
          reason: '',
        },
        ...more,
      });
      await publisher().publish(message, stamp);
    };
    const middleOf = (selector: string) =>
      page.evaluate(
        `(() => { const b = document.querySelector(${JSON.stringify(selector)}).getBoundingClientRect(); return [b.x + b.width / 2, b.y + b.height / 2]; })()`,
      ) as Promise<[number, number]>;
    const push = async (selector: string) => {
      const at = await middleOf(selector);
      await point('HOVER', at, { progress: 0.5 });
      await point('DOWN', at, { progress: 1 });
      await point('UP', at);
    };
    const drag = async (from: readonly number[], to: readonly number[], end: 'UP' | 'CANCEL' = 'UP') => {
      await point('HOVER', from);
      await point('DOWN', from, { progress: 1 });
      for (const share of [0.25, 0.5, 0.75, 1]) {
        const at = from.map((x, i) => x + share * (to[i] - x));
        await point('MOVE', at, { progress: 1, dragging: true });
      }
      await point(end, to, { dragging: true });
    };

    it('says that there is a hand, and shows its cursor with the way to the press', async () => {
      const joints = server.advertise('/hand/joints', cdrCodec('voxhand_msgs/msg/HandJoints'));
      const hand: HandJoints = {
        ...{ stamp, frameId: 'camera', handId: 1, tracked: true, lagFrames: 0 },
        ...{ positions: new Float64Array(63).fill(0.5), confidences: new Float32Array(21).fill(1) },
        handedness: 'right',
      };
      await joints.publish(toHandJointsMessage(hand), stamp);
      await holds("document.getElementById('presence-text').textContent === 'Hand seen'");
      // a recording that begins again, with another id
      const earlier = stamp - 20_000_000_000n;
      await joints.publish(toHandJointsMessage({ ...hand, stamp: earlier, handId: 2 }), earlier);
      await holds("document.getElementById('log').childElementCount === 2");
      expect(await read("document.getElementById('presence-text').textContent")).toBe('Hand seen');
      await point('HOVER', [600, 300], { progress: 0.5 });
      await holds("document.querySelector('voxhand-cursor').dataset.state === 'hover'");
      const root = "document.querySelector('voxhand-cursor').shadowRoot";
      expect(await read(`${root}.querySelector('svg').style.transform`)).toBe('translate(600px, 300px)');
      expect(Number(await read(`${root}.querySelector('.ring').style.strokeDashoffset`))).toBeCloseTo(21 * Math.PI, 3);
      expect(await read(`${root}.querySelector('[role=status]').textContent`)).toBe('Hand found');
    });

    it('presses a button where the hand pushes, and takes what is near for it', async () => {
      await push('#start');
      await holds("document.getElementById('state').textContent === 'Running'");
      expect(await read("document.getElementById('start').getAttribute('aria-pressed')")).toBe('true');
      const [x, y] = await middleOf('#lamp');
      const edge = Number(await read("document.getElementById('lamp').getBoundingClientRect().bottom"));
      expect(edge).toBeGreaterThan(y);
      for (const phase of ['HOVER', 'DOWN', 'UP'] as const) await point(phase, [x, edge + 12]);
      await holds("document.getElementById('lamp').getAttribute('aria-pressed') === 'true'");
      expect(await read('document.activeElement.id')).toBe('lamp');
      await push('#map-in');
      await holds("document.getElementById('map-view').getAttribute('transform')?.includes('scale(1.400)')");
    });

    it('does nothing for a press that is cancelled: the hand is lost, the stream is silent', async () => {
      const at = await middleOf('#stop');
      await point('DOWN', at, { progress: 1 });
      await point('CANCEL', at);
      await point('DOWN', at, { progress: 1 });
      await holds("document.getElementById('stop').dataset.hand === 'down'");
      await page.clock.runFor(510);
      await holds("document.getElementById('stop').dataset.hand === undefined"); // 500 ms without an event
      await point('UP', at); // too late
      await point('HOVER', [600, 20]);
      await holds("document.querySelector('voxhand-cursor').dataset.state === 'hover'");
      expect(await read("document.getElementById('state').textContent")).toBe('Running');
    });

    it('moves the slider, turns the dial and moves the plan by dragging', async () => {
      const slider = (await page.evaluate(
        "(() => { const b = document.getElementById('speed').getBoundingClientRect(); return [b.x, b.y + b.height / 2, b.width]; })()",
      )) as number[];
      await drag([slider[0] + 0.4 * slider[2], slider[1]], [slider[0] + 0.8 * slider[2], slider[1]]);
      await holds("document.getElementById('speed-value').textContent === '80 %'");
      const [x, y] = await middleOf('#dial');
      await drag([x, y - 60], [x + 60, y]);
      await holds("document.getElementById('dial').getAttribute('aria-valuenow') === '65'");
      const before = await read("document.getElementById('map-view').getAttribute('transform')");
      const map = await middleOf('#map');
      await drag(map, [map[0] + 90, map[1] + 30]);
      await holds(`document.getElementById('map-view').getAttribute('transform') !== ${JSON.stringify(before)}`);
    });

    it('scrolls the list as a finger does, without choosing, and chooses by a push', async () => {
      const list = await middleOf('#parts');
      await drag(list, [list[0], list[1] - 90]);
      await holds("document.getElementById('parts').scrollTop === 90");
      expect(await read("document.querySelectorAll('#parts [aria-selected=true]').length")).toBe(0);
      await push('#part-3');
      await holds("document.getElementById('part-3').getAttribute('aria-selected') === 'true'");
    });

    it('is operated by keys too, and lists what the hand did', async () => {
      await page.focus('#dial');
      await page.keyboard.press('ArrowUp');
      expect(await read("document.getElementById('dial').getAttribute('aria-valuenow')")).toBe('66');
      expect(await read("document.getElementById('log').firstElementChild.textContent")).toContain('push up');
    });

    it('has loaded from its own server alone, without errors, and says when that is away', async () => {
      expect(trouble).toEqual([]);
      await server.close();
      await holds("document.getElementById('connection-text').textContent !== 'Connected'");
      await holds("document.getElementById('presence-text').textContent === 'No hand'");
      await holds("document.querySelector('voxhand-cursor').dataset.state === undefined");
    });
  },
);
