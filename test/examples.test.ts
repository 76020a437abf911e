import { once } from 'node:events';
import { cpSync, existsSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { beforeAll, describe, expect, it } from 'vitest';
import { cutRecording } from '../src/recording/cut.js';
import { connectFoxglove } from '../src/transport/foxglove/client/foxglove-source.js';
import { createFoxgloveServer } from '../src/transport/foxglove/server/foxglove-server.js';
import { openMcap } from '../src/transport/mcap/mcap-source.js';
import { readHands } from '../src/transport/port/read-hands.js';
import { type CliOptions, runNode, temporaryFolder } from './helpers/cli.js';
import { noRos2, startCamera } from './helpers/real-ros2.js';

const root = fileURLToPath(new URL('..', import.meta.url));
const examples = join(root, 'examples');
const programs = readdirSync(examples).filter((name) => name.endsWith('.mjs'));
/** Nanoseconds, side, and where the wrist is: about where the demo recording's hand is, 0.57 m in front of the camera. */
const METRES = String.raw`-?0\.\d{3} -?0\.\d{3} 0\.[4-7]\d\d`;

/** As for a user: a folder with a recording in it, here the first quarter of a second of the demo. */
let folder = '';
beforeAll(async () => {
  folder = temporaryFolder();
  mkdirSync(join(folder, 'recordings'));
  const demo = join(root, 'recordings/demo.mcap');
  await cutRecording(demo, join(folder, 'recordings/demo.mcap'), { duration: 0.25 });
});

/** Run an example to its end in the user's folder: its lines. */
async function lines(name: string, args: readonly string[] = [], options: CliOptions = {}): Promise<string[]> {
  const { code, stdout, stderr } = await runNode([join(examples, name), ...args], { cwd: folder, ...options });
  expect(stderr).toBe('');
  expect(code).toBe(0);
  return stdout.trimEnd().split('\n');
}

const all = (given: readonly string[], pattern: string) =>
  given.filter((line) => new RegExp(`^${pattern}$`).test(line));

describe('the examples', () => {
  it('are each described in examples/README.md', () => {
    const readme = readFileSync(join(examples, 'README.md'), 'utf8');
    expect(programs.filter((name) => !readme.includes(`(${name})`))).toEqual([]);
  });
});

describe('in a folder with a recording', () => {
  it('first.mjs tracks every frame of it, and prints the counts', async () => {
    const printed = (await lines('first.mjs')).join('\n');
    const [, frames] = /counts: \{ in: (\d+), out: \1, tracked: \1,/.exec(printed) ?? [];
    expect(Number(frames)).toBeGreaterThanOrEqual(6);
    expect(printed).toContain(`published: ${frames},`);
  });

  it('fingertips.mjs prints a fingertip for each frame', async () => {
    const printed = await lines('fingertips.mjs');
    expect(all(printed, String.raw`\d+ hand 0 \((right|left)\): ${METRES}`)).toEqual(printed);
    expect(printed.length).toBeGreaterThanOrEqual(6);
  });

  it('gestures.mjs prints the open palm that the recording begins with, and why', async () => {
    const [first] = await lines('gestures.mjs');
    expect(first).toMatch(/^\d+ hand 0: open_palm begins, held for 0\.\d\d s/);
  });

  it('gripper.mjs prints where the palm is, and how far the gripper opens', async () => {
    const printed = await lines('gripper.mjs');
    expect(all(printed, String.raw`\d+ palm at ${METRES}, opening \d\d? mm`)).toEqual(printed);
    expect(printed.length).toBeGreaterThanOrEqual(6);
  });

  it('robot-hand.mjs writes joint states of a robot within its limits', async () => {
    const printed = await lines('robot-hand.mjs');
    expect(printed.at(-1)).toMatch(/^robot\.mcap: \d+ joint states$/);
    expect(all(printed.slice(0, -1), String.raw`(thumb|index|middle)_(spread|bend_[123]) -?[01]\.\d\d`)).toHaveLength(
      12,
    );
  });

  it('own-decoder.mjs prints a wrist for each frame, by its own decoder', async () => {
    const printed = await lines('own-decoder.mjs');
    expect(all(printed, String.raw`\d+ \d+ voxels, wrist at ${METRES}`)).toEqual(printed);
    expect(printed.length).toBeGreaterThanOrEqual(6);
  });

  it('regression.test.mjs passes against its own result, and fails against another', async () => {
    const vitest = join(root, 'node_modules/vitest/vitest.mjs');
    const config = join(folder, 'vitest.config.mjs');
    // not that of this repository; and a package is not transformed, which vitest knows of what lies in node_modules
    writeFileSync(config, 'export default { test: { server: { deps: { external: [/\\/dist\\//] } } } };\n');
    const args = ['run', '--config', config, '--root', examples, 'regression.test.mjs'];
    const run = () => runNode([vitest, ...args], { cwd: folder, env: { NO_COLOR: '1', FORCE_COLOR: '' } });
    if (!existsSync(join(folder, 'hands.mcap'))) await lines('first.mjs');
    cpSync(join(folder, 'hands.mcap'), join(folder, 'golden.mcap'));
    expect(await run()).toMatchObject({ code: 0, stdout: expect.stringContaining('1 passed') });
    cpSync(join(root, 'recordings/goldens/hard.golden.mcap'), join(folder, 'golden.mcap'));
    expect(await run()).toMatchObject({ code: 1, stdout: expect.stringContaining('1 failed') });
  }, 300_000);

  it('own-server.mjs serves the page of the application, and hands beside it', async () => {
    let heard = 0;
    const { code } = await runNode([join(examples, 'own-server.mjs')], {
      cwd: folder,
      env: { PORT: '0' },
      during: async (child) => {
        const [line] = await once(child.stdout!, 'data');
        const url = String(line).replace('waiting for a viewer at ', '').trim();
        expect(await (await fetch(url.replace('ws:', 'http:').replace('/hands', '/'))).text()).toBe(
          'the application\n',
        );
        const viewer = await connectFoxglove(url);
        for await (const { tracked } of readHands(viewer, '/hand/joints')) {
          if (tracked && ++heard === 3) break;
        }
        await viewer.close();
      },
    });
    expect({ code, heard }).toEqual({ code: 0, heard: 3 });
  });

  it('foxglove-client.mjs prints the hands of a camera behind a server', async () => {
    const server = await createFoxgloveServer({ port: 0 });
    const recording = await openMcap(join(folder, 'recordings/demo.mcap'));
    let ended = false;
    const serve = async () => {
      while (!ended) {
        for await (const message of recording.subscribe()) {
          await server.write(message);
          await new Promise((resolve) => setTimeout(resolve, 10));
        }
      }
    };
    const serving = serve();
    const printed = await lines('foxglove-client.mjs', [server.urls.socket]);
    expect(all(printed, String.raw`\d+ (right|left|no hand)`)).toHaveLength(5);
    ended = true;
    await serving;
    await server.close();
    await recording.close();
  });
});

describe('without a recording', () => {
  it('own-camera.mjs prints a hand for each image', async () => {
    const printed = await lines('own-camera.mjs');
    expect(all(printed, String.raw`\d+ (right|left) hand, wrist at ${METRES}`)).toHaveLength(8);
  });

  it('scripted-gestures.mjs recognises what the script makes', async () => {
    const printed = await lines('scripted-gestures.mjs');
    expect(printed.filter((line) => line.startsWith('told')).map((line) => line.split(' ')[1])).toEqual([
      'swipe_left',
      'thumbs_up',
      'swipe_left',
    ]);
  });

  it('synthetic-hand.mjs presses the button as often as the hand comes near, the same in every run', async () => {
    expect(await lines('synthetic-hand.mjs')).toEqual(['3 presses']);
  });

  it.skipIf(noRos2 !== undefined)(
    `ros2.mjs prints the hands of a camera in the graph${noRos2 ? ` (SKIPPED: ${noRos2})` : ''}`,
    async () => {
      const camera = await startCamera({ topic: '/depth/image_rect_raw', info: '/depth/camera_info', rate: 10 });
      let printed = '';
      await runNode([join(examples, 'ros2.mjs')], {
        cwd: folder,
        during: async (child) => {
          for await (const chunk of child.stdout!) {
            printed += chunk;
            if (printed.split('\n').length > 4) break;
          }
          child.kill('SIGINT');
        },
      });
      expect(printed).toMatch(/^(\d+ hands: \d, lost: \d\n){3}/);
      await camera.stop();
    },
  );
});
