import { existsSync } from 'node:fs';
import { type Browser, type BrowserContext, chromium, type Page } from 'playwright-core';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { FINGER_COLORS } from '../src/hand/colors.js';
import { cdrCodec } from '../src/messages/cdr-codec.js';
import { toHandJointsMessage } from '../src/messages/hand-joints-message.js';
import { createFoxgloveServer, type FoxgloveServer } from '../src/transport/foxglove/server/foxglove-server.js';
import type { FoxgloveServerOptions } from '../src/transport/foxglove/server/options.js';
import { CHROMIUM_ARGS, findChromium } from './helpers/chromium.js';
import { until } from './helpers/foxglove.js';
import { decodePicture, findHue } from './helpers/picture.js';
import { CAMERA, filmHand, MOMENTS, timeOf, ViewerPlayer } from './helpers/viewer-player.js';

const PAGE = 'dist/viewer';
/** For what never happens: a busy machine may take long. */
const LIMIT = 300_000;
const TOKEN = 'a-token-of-this-test';
const executablePath = findChromium();

/** A page of its own for each test, its server, and the film that it plays. */
interface Scene {
  readonly page: Page;
  readonly player: ViewerPlayer;
  server: FoxgloveServer;
  /** Errors on the console, and requests to anywhere but the server. */
  readonly trouble: string[];
}

describe.skipIf(executablePath === undefined)(
  `the page in a real browser${executablePath === undefined ? ' SKIPPED: no Chromium here, set CHROMIUM to one' : ''}`,
  () => {
    let browser: Browser;
    const ends: (() => Promise<unknown>)[] = [];

    beforeAll(async () => {
      if (!existsSync(`${PAGE}/index.html`)) throw new Error(`no ${PAGE}/index.html: npm run build makes it`);
      browser = await chromium.launch({ executablePath: executablePath as string, args: [...CHROMIUM_ARGS] });
    });
    afterAll(() => browser?.close());
    afterEach(async () => {
      for (const end of ends.splice(0).reverse()) await end();
    });

    async function serve(player: ViewerPlayer, options: FoxgloveServerOptions = {}): Promise<FoxgloveServer> {
      const server = await createFoxgloveServer({
        port: 0,
        metadata: { recording: '/films/film.mcap', model: 'compact 1', provider: 'cpu' },
        page: PAGE,
        playback: player,
        onSubscribe: () => void player.again(),
        ...options,
      });
      player.connect(server);
      ends.push(async () => {
        player.stop();
        await server.close();
      });
      return server;
    }

    async function open({
      options = {},
      view = {},
      path = '',
    }: {
      options?: FoxgloveServerOptions;
      view?: Parameters<Browser['newContext']>[0];
      path?: string;
    } = {}): Promise<Scene> {
      const player = new ViewerPlayer();
      const server = await serve(player, options);
      const context: BrowserContext = await browser.newContext({ viewport: { width: 900, height: 640 }, ...view });
      ends.push(() => context.close());
      context.setDefaultTimeout(LIMIT);
      const page = await context.newPage();
      const trouble: string[] = [];
      page.on('pageerror', (error) => trouble.push(error.message));
      page.on('console', (message) => {
        // A server that is away is what some tests are about; the browser says so itself.
        if (message.type() === 'error' && !/WebSocket connection to/.test(message.text())) trouble.push(message.text());
      });
      page.on('request', (request) => {
        if (!request.url().startsWith(`http://127.0.0.1:${server.port}/`)) trouble.push(`asked for ${request.url()}`);
      });
      await page.goto(`http://127.0.0.1:${server.port}/${path}`);
      return { page, player, server, trouble };
    }

    /** Asks again and again from here: the page's security policy forbids what Playwright would do in it. */
    const holds = async (page: Page, expression: string) => {
      const end = Date.now() + LIMIT;
      while (!(await page.evaluate(expression))) {
        if (Date.now() > end) throw new Error(`it did not happen: ${expression}`);
        await page.waitForTimeout(20);
      }
    };
    const is = (page: Page, state: string) =>
      page.waitForSelector(`html${state}`, { state: 'attached', timeout: LIMIT });
    /** Only the skeleton is left in the scene: whatever has its colours is a part of it. */
    const onlySkeleton = async (page: Page) => {
      for (const key of ['2', '3', '5']) await page.keyboard.press(key);
    };
    const indexFinger = async (page: Page, of = '#scene-canvas', color = FINGER_COLORS.index) =>
      findHue(decodePicture(await page.locator(of).screenshot()), color);
    /** Pictures of two moments are the same only when the page has drawn. */
    const drawn = (page: Page) =>
      page.evaluate('new Promise((done) => requestAnimationFrame(() => requestAnimationFrame(done)))');
    const pause = async ({ page, player }: Scene) => {
      await page.keyboard.press(' ');
      await until(() => player.state().status === 'paused', 'a pause');
      await drawn(page);
    };
    /** To a frame of the film, and wait until the page has drawn it. */
    const seek = async ({ page, player }: Scene, index: number) => {
      await player.command({ kind: 'seek', time: timeOf(index) });
      await holds(page, `document.getElementById('scene-canvas').dataset.stamp === '${timeOf(index)}'`);
      await drawn(page);
    };

    it('connects and shows a hand, from its own server alone and without errors', async () => {
      const scene = await open();
      const { page, trouble } = scene;
      await is(page, '[data-connection="open"][data-hand="tracked"]');
      await holds(page, "performance.getEntriesByName('voxhand:first-hand').length > 0");
      await pause(scene);
      await seek(scene, MOMENTS.left);
      expect((await indexFinger(page)).count).toBeGreaterThan(50);
      expect((await indexFinger(page, '#depth-canvas')).count).toBeGreaterThan(50);
      expect(await page.textContent('#source')).toBe('film.mcap');
      expect(await page.textContent('#presence-title')).toBe('Right hand tracked');
      expect(trouble).toEqual([]);
    });

    it('tells two hands apart, says what is under the pointer and measures from hand to hand', async () => {
      const scene = await open();
      const { page, server, trouble } = scene;
      await is(page, '[data-hand="tracked"]');
      await pause(scene);
      await seek(scene, MOMENTS.left);
      const first = filmHand(MOMENTS.left);
      const second = {
        ...first,
        handId: 7,
        handedness: 'left' as const,
        positions: first.positions.map((value, i) => (i % 3 === 0 ? value + 0.16 : value)),
      };
      const codec = cdrCodec('voxhand_msgs/msg/HandJoints');
      const times = { logTime: second.stamp, publishTime: second.stamp, sequence: 0 };
      const data = codec.encode(toHandJointsMessage(second));
      await server.write({ ...codec, ...times, topic: '/hand/joints', data });
      await holds(page, "document.getElementById('presence-title').textContent === '2 hands tracked'");
      await drawn(page);
      expect(await page.textContent('#presence-detail')).toBe('right 0, left 7');
      expect(await page.locator('.hand-label').allTextContents()).toEqual(['right 0', 'left 7']);
      await page.click('.hand-chip:has-text("left 7")');
      await page.waitForSelector('.hand-chip[aria-pressed="true"]:has-text("left 7")');

      const box = (await page.locator('#depth-canvas').boundingBox())!;
      const wristOf = ({ positions: [x, y, z] }: typeof first) => {
        const [u, v] = [(CAMERA.fx * x) / z + CAMERA.cx + 0.5, (CAMERA.fy * y) / z + CAMERA.cy + 0.5];
        return [box.x + (u * box.width) / CAMERA.width, box.y + (v * box.height) / CAMERA.height] as const;
      };
      for (const hand of [first, second]) await page.mouse.click(...wristOf(hand));
      await holds(page, "/wrist, left 7: x 0\\.084 {2}y 0\\.060/.test(document.getElementById('tip').textContent)");
      const measured = 'wrist (right 0) to wrist (left 7): 160.0 mm';
      await holds(page, `document.getElementById('measure').textContent === '${measured}'`);
      await page.mouse.move(box.x + 4, box.y + 4);
      await holds(page, "/^pixel \\d+, \\d+: .*z 1\\.000 m$/.test(document.getElementById('tip').textContent)");
      await page.keyboard.press('Escape');
      await page.waitForSelector('#measure', { state: 'hidden' });
      expect(trouble).toEqual([]);
    });

    it('moves the skeleton as the hand moves, stops it with a pause, and goes on', async () => {
      const scene = await open();
      const { page, player } = scene;
      await is(page, '[data-hand="tracked"]');
      await onlySkeleton(page);
      await pause(scene);
      await seek(scene, 0);
      const first = await indexFinger(page);
      await page.keyboard.press(' ');
      await until(() => player.index > 20 && player.index < 40, 'the hand in the middle');
      await pause(scene);
      expect((await indexFinger(page)).x).toBeGreaterThan(first.x + 15);
      const still = await page.locator('#scene-canvas').screenshot();
      await page.waitForTimeout(400);
      expect((await page.locator('#scene-canvas').screenshot()).equals(still)).toBe(true);
      expect(await page.textContent('#play-label')).toBe('Play');
      await page.click('#play');
      await until(() => player.state().status === 'playing', 'playing on');
    });

    it('steps by one frame, there and back', async () => {
      const scene = await open();
      const { page, player } = scene;
      await is(page, '[data-hand="tracked"]');
      await pause(scene);
      await seek(scene, 30);
      await page.keyboard.press('ArrowRight');
      await until(() => player.index === 31, 'one frame on');
      await page.keyboard.press('ArrowLeft');
      await page.keyboard.press('ArrowLeft');
      await until(() => player.index === 29, 'two frames back');
      await page.click('#step-forward');
      await until(() => player.index === 30, 'one frame on by the button');
      await holds(page, "location.hash === '#t=1.5'");
      await page.keyboard.press(' ');
      await holds(page, "location.hash === ''");
    });

    it('goes by its address to a moment, pauses there, and is there again after a reload', async () => {
      const { page, player } = await open({ path: '#t=1.25' });
      await until(() => player.state().status === 'paused' && player.index === 25, 'the moment of the address');
      await page.keyboard.press('ArrowRight');
      await holds(page, "location.hash === '#t=1.3'");
      await page.goto('about:blank');
      await player.command({ kind: 'seek', time: timeOf(3) });
      await page.goBack();
      await until(() => player.state().status === 'paused' && player.index === 26, 'the moment after a reload');
      await holds(page, `document.getElementById('scene-canvas').dataset.stamp === '${timeOf(26)}'`);
    });

    it('seeks by the time line and by keys, and the skeleton is where it was at that moment', async () => {
      const scene = await open();
      const { page, player } = scene;
      await is(page, '[data-hand="tracked"]');
      await onlySkeleton(page);
      await pause(scene);
      await seek(scene, MOMENTS.left);
      const left = await indexFinger(page);
      await seek(scene, MOMENTS.right);
      const right = await indexFinger(page);
      expect(right.x).toBeGreaterThan(left.x + 40);
      const track = (await page.locator('#seek').boundingBox())!;
      await page.mouse.click(track.x + track.width / 2, track.y + track.height / 2);
      await until(() => Math.abs(player.index - 39) <= 2, 'the middle of the film');
      await page.keyboard.press('Home');
      await until(() => player.index === 0, 'the beginning');
      await page.keyboard.press('Shift+ArrowRight');
      await until(() => player.index === 20, 'a second on');
      expect(player.state().status).toBe('paused');
    });

    it('changes the speed', async () => {
      const { page, player } = await open();
      await is(page, '[data-hand="tracked"]');
      await page.selectOption('#speed', '0.5');
      await until(() => player.state().speed === 0.5, 'half the speed');
      await page.locator('#speed').blur();
      await page.keyboard.press('+');
      await until(() => player.state().speed === 1, 'real time again');
      await holds(page, "document.getElementById('speed').value === '1'");
    });

    it('takes a lost hand away at once', async () => {
      const scene = await open();
      const { page } = scene;
      await is(page, '[data-hand="tracked"]');
      await onlySkeleton(page);
      await pause(scene);
      await seek(scene, MOMENTS.right);
      expect((await indexFinger(page)).count).toBeGreaterThan(50);
      await seek(scene, MOMENTS.lost);
      await is(page, '[data-hand="lost"]');
      expect((await indexFinger(page)).count).toBe(0);
      expect((await indexFinger(page, '#depth-canvas')).count).toBe(0);
      expect(await page.textContent('#presence-title')).toBe('No hand');
      await seek(scene, MOMENTS.left);
      await is(page, '[data-hand="tracked"]');
      expect((await indexFinger(page)).count).toBeGreaterThan(50);
      await page.locator('#history').scrollIntoViewIfNeeded();
      await holds(
        page,
        `[...document.querySelectorAll('#history [role=img]')].some((plot) => plot.ariaLabel === 'Presence over time: from 0.00 to 1.00, median 1.00')`,
      );
      await page.keyboard.press('1');
      await page.keyboard.press('8');
      await drawn(page);
      const { data, channels } = decodePicture(await page.locator('#scene-canvas').screenshot());
      // what is clearly warmer than grey is skin
      const skin = Array.from(
        { length: data.length / channels },
        (_, i) => data[i * channels] - data[i * channels + 2],
      );
      expect(skin.filter((warmth) => warmth > 25).length).toBeGreaterThan(500);
    });

    it('plays a recording that is opened in it, without the server, and goes back to the server', async () => {
      const { page, player, server, trouble } = await open();
      await is(page, '[data-connection="open"]');
      await onlySkeleton(page);
      player.stop();
      await page.setInputFiles('#file-input', 'recordings/two-cameras.mcap');
      await holds(page, "document.getElementById('connection-text').textContent === 'From a file'");
      await page.keyboard.press(' ');
      await page.waitForSelector('#depth-empty', { state: 'hidden' });
      expect(await page.textContent('#source')).toBe('two-cameras.mcap');
      expect(await page.textContent('#presence-title')).toBe('No results in this file');
      expect(await page.locator('#camera-chips button:visible').allTextContents()).toEqual([
        'left',
        'right',
        'Tinted points',
      ]);
      await page.click('#camera-chips button:has-text("right")');
      await until(() => server.clients().length === 0, 'no viewer on the server');
      await page.setInputFiles('#file-input', { name: 'odd.mcap', mimeType: '', buffer: Buffer.from('odd') });
      await page.waitForSelector('.notice[data-level="error"]:has-text("odd.mcap is no recording")');
      await page.click('#file-close');
      await holds(page, "document.getElementById('source').textContent === 'film.mcap'");
      expect(trouble).toEqual([]);
    });

    it('marks what is shown as old when a server that should play says nothing for a second', async () => {
      const { page, player } = await open();
      await is(page, '[data-hand="tracked"]');
      await onlySkeleton(page);
      player.silent = true;
      await is(page, '[data-hand="stale"]');
      expect((await indexFinger(page)).count).toBe(0);
      player.silent = false;
      await page.waitForSelector('html:not([data-hand="stale"])', { state: 'attached' });
    });

    it('does not take a pause for silence', async () => {
      const scene = await open();
      await is(scene.page, '[data-hand="tracked"]');
      await pause(scene);
      await seek(scene, MOMENTS.left);
      await scene.page.waitForTimeout(1500);
      expect(await scene.page.getAttribute('html', 'data-hand')).toBe('tracked');
    });

    it('says that the server has ended, shows no hand, and comes back with it', async () => {
      const scene = await open();
      const { page, player } = scene;
      await is(page, '[data-hand="tracked"]');
      const { port } = scene.server;
      player.stop();
      await scene.server.close();
      await is(page, '[data-connection="waiting"]');
      await page.waitForSelector('#away:not([hidden])');
      expect(await page.textContent('#away-title')).toBe('The server closed the connection');
      await holds(page, "/Reconnecting to .* in\\s\\d+\\ss/.test(document.getElementById('away-text').textContent)");
      // The card over the scene has a blue button: the little finger's colour is nowhere but on the hand.
      expect((await indexFinger(page, '#scene-canvas', FINGER_COLORS.little)).count).toBe(0);
      expect(await page.isHidden('#time-line')).toBe(true);
      scene.server = await serve(player, { port });
      await is(page, '[data-connection="open"][data-hand="tracked"]');
      expect(await page.isHidden('#away')).toBe(true);
      await pause(scene);
      await seek(scene, MOMENTS.left);
      expect((await indexFinger(page)).count).toBeGreaterThan(50);
    });

    it('asks only for what can be seen', async () => {
      const { page, server } = await open();
      await is(page, '[data-hand="tracked"]');
      const subscribers = (topic: string) => server.states().find((state) => state.topic === topic)?.subscribers;
      await until(() => subscribers('/depth/image_rect_raw') === 1, 'a subscription of depth');
      await page.keyboard.press('2');
      await page.click('#panel-depth summary');
      await until(() => subscribers('/depth/image_rect_raw') === 0, 'the end of it');
      expect(subscribers('/hand/joints')).toBe(1);
      await page.keyboard.press('2');
      await until(() => subscribers('/depth/image_rect_raw') === 1, 'depth for the points');
    });

    it('shows what is switched on while nothing moves', async () => {
      const scene = await open();
      const { page } = scene;
      await is(page, '[data-hand="tracked"]');
      await page.keyboard.press('2');
      await page.click('#panel-depth summary');
      await pause(scene);
      await seek(scene, MOMENTS.left);
      await page.click('#panel-depth summary');
      await page.waitForSelector('#depth-empty', { state: 'hidden' });
      await drawn(page);
      expect((await indexFinger(page, '#depth-canvas')).count).toBeGreaterThan(50);
    });

    it('counts messages that it cannot read and goes on', async () => {
      const { page, server } = await open();
      await is(page, '[data-hand="tracked"]');
      const codec = cdrCodec('voxhand_msgs/msg/HandJoints');
      const message = { ...codec, topic: '/hand/joints', logTime: 1n, publishTime: 1n, sequence: 0 };
      await page.locator('#facts').scrollIntoViewIfNeeded();
      for (let i = 0; i < 3; i++) await server.write({ ...message, data: new Uint8Array(i * 7) });
      await holds(page, "/Not readable\\s*3: /.test(document.getElementById('facts').textContent)");
      await is(page, '[data-connection="open"][data-hand="tracked"]');
    });

    it('leaves channels alone that are of no use to it', async () => {
      const { page, server, trouble } = await open();
      await is(page, '[data-hand="tracked"]');
      const odd = {
        schemaName: 'x.Y',
        schemaEncoding: 'protobuf',
        schemaData: Uint8Array.of(1),
        messageEncoding: 'protobuf',
      };
      await server.write({ ...odd, topic: '/odd', data: Uint8Array.of(1), logTime: 1n, publishTime: 1n, sequence: 0 });
      await page.waitForTimeout(300);
      expect(server.states().find(({ topic }) => topic === '/odd')?.subscribers).toBe(0);
      expect(trouble).toEqual([]);
    });

    it('passes its token on, and without one says what to do', async () => {
      const { page, server } = await open({ options: { token: TOKEN }, path: `?token=${TOKEN}` });
      await is(page, '[data-connection="open"][data-hand="tracked"]');
      await page.goto(`http://127.0.0.1:${server.port}/`);
      await is(page, '[data-connection="waiting"]');
      await holds(page, "/token/.test(document.getElementById('away-text').textContent)");
    });

    it('shows what the server says in words, until it is taken back', async () => {
      const { page, server } = await open();
      await is(page, '[data-connection="open"]');
      server.status('warning', '<b>slow</b>', 'speed');
      await page.waitForSelector('.notice[data-level="warning"]');
      expect(await page.textContent('.notice span')).toBe('<b>slow</b>');
      server.removeStatus('speed');
      await page.waitForSelector('.notice', { state: 'detached' });
    });

    it.each([
      ['a phone', { width: 360, height: 740 }],
      ['a phone on its side', { width: 740, height: 360 }],
      ['a tablet', { width: 820, height: 1100 }],
    ])('fits on %s, in the dark too', async (_, viewport) => {
      const { page } = await open({ view: { viewport, colorScheme: 'dark', hasTouch: true } });
      await is(page, '[data-hand="tracked"][data-theme="dark"]');
      expect(await page.evaluate('document.documentElement.scrollWidth')).toBe(viewport.width);
      for (const part of ['#scene-canvas', '#presence', '#layers', '#play', '#seek', '#theme', '#help-open']) {
        const box = (await page.locator(part).boundingBox())!;
        expect([part, box.x >= 0, box.x + box.width <= viewport.width]).toEqual([part, true, true]);
        expect([part, box.y >= 0, box.y + box.height <= viewport.height]).toEqual([part, true, true]);
      }
      await page.keyboard.press('t');
      await is(page, '[data-theme="light"]');
    });

    it('can be used by the keyboard alone', async () => {
      const { page } = await open();
      await is(page, '[data-hand="tracked"]');
      await page.keyboard.press('?');
      await page.waitForSelector('#help[open]');
      expect(await page.textContent('#help-body')).toContain('Play or pause');
      await page.keyboard.press('Escape');
      await page.waitForSelector('#help:not([open])', { state: 'attached' });
      const reached = new Set<unknown>();
      for (let i = 0; i < 40; i++) {
        await page.keyboard.press('Tab');
        reached.add(await page.evaluate('document.activeElement.id || document.activeElement.textContent'));
      }
      for (const id of ['theme', 'help-open', 'scene-canvas', 'Skeleton', 'reset', 'play', 'seek', 'speed']) {
        expect([...reached]).toContain(id);
      }
    });
  },
);
