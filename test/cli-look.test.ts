import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { beforeAll, describe, expect, test } from 'vitest';
import { VERSION } from '../src/version.js';
import { temporaryFolder, voxhand } from './helpers/cli.js';
import { smallFolder, smallRecording } from './helpers/recordings.js';

let folder: string;
let input: string;
let hands: string;

beforeAll(async () => {
  folder = temporaryFolder();
  input = await smallRecording(join(folder, 'in.mcap'), { frames: 11 });
  hands = join(folder, 'hands.mcap');
  const stages = 'smoothing.stages=[gate, prior, window, oneEuro]';
  const replayed = await voxhand(['replay', input, '-o', hands, '--set', stages, '--set', 'kinematics.enabled=false']);
  expect(replayed.code).toBe(0);
});

describe('voxhand eval', () => {
  interface Row {
    label: string;
    frames: { withHand: number; compared: number };
    joints: { meanMm: number };
    perJoint: unknown[];
    skeleton: { visible: { meanMm: number } | null; angles: { medianDegrees: number } };
    framesWithin: { thresholdMm: number }[];
  }

  test('compares joints as recorded, by decoder and by stage of smoothing', async () => {
    const plot = join(folder, 'curve.png');
    const { code, stdout } = await voxhand(['eval', hands, '--truth', hands, '--plot', plot, '--json']);
    expect(code).toBe(0);
    const { recorded, decoders, smoothing, jointStates } = JSON.parse(stdout);
    expect(jointStates).toBeNull();
    expect(decoders.map(({ label }: Row) => label)).toEqual(['max', 'smax', 'gauss', 'nbest']);
    expect(smoothing.map(({ label }: Row) => label)).toEqual([
      'gauss',
      'gauss + gate',
      'gauss + gate + prior',
      'gauss + gate + prior + window',
      'gauss + gate + prior + window + oneEuro',
    ]);
    for (const row of [recorded, ...decoders, ...smoothing] as Row[]) {
      expect(row.frames.withHand).toBe(11);
      expect(row.perJoint).toHaveLength(21);
      expect(row.framesWithin.map(({ thresholdMm }) => thresholdMm)).toEqual([10, 20, 30, 50]);
      // the depth images beside the results say which joints are seen
      expect(row.skeleton.visible?.meanMm).toBeGreaterThan(0);
      expect(row.skeleton.angles.medianDegrees).toBeGreaterThan(0);
    }
    // all four stages were on in the replay, so doing it again offline must give the very same joints
    expect({ ...smoothing.at(-1), label: recorded.label }).toEqual(recorded);
    expect(smoothing[0].joints).toEqual(decoders[2].joints);
    expect((await readFile(plot)).subarray(1, 4).toString()).toBe('PNG');
  });

  test('prints tables, and reads ground truth from a text file with a line a frame', async () => {
    const pngs = temporaryFolder();
    const { joints } = await smallFolder(pngs, 11);
    const { code, stdout } = await voxhand(['eval', hands, '--truth', joints]);
    expect(code).toBe(0);
    expect(stdout).toMatch(/frames +mean +median +p95 +max +<=10 +<=20 +<=30 +<=50\n/);
    expect(stdout).toMatch(/\n\/hand\/joints +\d+\/11 /);
    expect(stdout).toMatch(/\n +visible +hidden +tips +bones +angles +of visible +overlap +>4 mm\n\/hand\/joints +\d/);
    expect(stdout).toMatch(/\nindex_tip +\d/);
    const fromRecording = await voxhand(['eval', hands, '--truth', input]);
    expect(fromRecording.stdout).toBe(stdout);
  });

  test('refuses a text with another number of lines, and a topic that is not there', async () => {
    const short = join(folder, 'short.txt');
    await writeFile(short, `${Array(63).fill(1).join(' ')}\n`);
    const lines = await voxhand(['eval', hands, '--truth', short]);
    expect([lines.code, lines.stderr]).toEqual([
      1,
      expect.stringContaining('expected 11 lines, one for each result; found 1'),
    ]);
    const topic = await voxhand(['eval', hands, '--truth', hands, '--topic', '/truth']);
    expect([topic.code, topic.stderr]).toEqual([
      2,
      expect.stringContaining('/hand/truth (voxhand_msgs/msg/HandJoints)'),
    ]);
    const none = await voxhand(['eval', hands, '--truth', join(folder, 'none.txt')]);
    expect([none.code, none.stderr]).toEqual([2, expect.stringContaining('[FILE_NOT_FOUND]')]);
  });

  test('says that there is nothing to say on decoders without raw joints', async () => {
    const bare = join(folder, 'bare.mcap');
    await voxhand(['replay', input, '-o', bare, '--ideal', '--no-raw-joints']);
    const { code, stdout, stderr } = await voxhand(['eval', bare, '--truth', bare, '--json']);
    expect(code).toBe(0);
    expect(stderr).toContain('has no raw joints');
    expect(JSON.parse(stdout).jointStates.medianDegrees).toBeLessThan(3);
    expect(JSON.parse(stdout)).toMatchObject({ decoders: [], smoothing: [] });
  });
});

describe('voxhand info', () => {
  test('says what is in a recording and what would be read', async () => {
    const { code, stdout } = await voxhand(['info', input]);
    expect(code).toBe(0);
    expect(stdout).toMatch(/in\.mcap: .* kB, 0\.33 s, 34 messages\n/);
    expect(stdout).toMatch(/\/hand\/truth +voxhand_msgs\/msg\/HandJoints +11 +30\.0 Hz\n/);
    expect(stdout).toMatch(/depth +\/depth\/image_rect_raw\/compressedDepth\n +camera +\/depth\/camera_info/);
    const json = JSON.parse((await voxhand(['info', hands, '--json'])).stdout);
    expect(json).toMatchObject({
      indexed: true,
      loss: null,
      startTime: '1000000000',
      inputs: { depth: '/depth/image_rect_raw' },
    });
    expect(json.metadata[0].values.sdk).toBe(`voxhand ${VERSION}`);
  });

  test('ends with 3 for a recording that breaks off, and says how much is lost', async () => {
    const cut = join(folder, 'cut.mcap');
    const bytes = await readFile(hands);
    await writeFile(cut, bytes.subarray(0, bytes.length - 100));
    const { code, stdout } = await voxhand(['info', cut]);
    expect(code).toBe(3);
    expect(stdout).toMatch(/INCOMPLETE: .* cannot be read \[MCAP_TRUNCATED\]/);
  });

  test('refuses what is no recording', async () => {
    const text = join(folder, 'text.mcap');
    await writeFile(text, 'hello');
    expect((await voxhand(['info', text])).code).toBe(1);
    expect((await voxhand(['info', join(folder, 'nowhere.mcap')])).code).toBe(2);
  });
});

describe('voxhand fit-prior', () => {
  test('fits a prior that a replay can use, from a recording or a text alike', async () => {
    const pngs = temporaryFolder();
    const { joints } = await smallFolder(pngs, 11);
    const [a, b] = [join(folder, 'a.json'), join(folder, 'b.json')];
    const fromText = await voxhand(['fit-prior', joints, '-o', a, '--components', '4', '--frame', 'both', '--json']);
    expect(fromText.code).toBe(0);
    const { priors } = JSON.parse(fromText.stdout);
    expect(priors).toMatchObject([
      { frame: 'palm', poses: 11, components: 4 },
      { frame: 'camera', poses: 11, components: 4 },
    ]);
    expect(priors[0].explained).toBeGreaterThan(0.5);
    await voxhand(['fit-prior', input, '-o', b, '--components', '4', '--frame', 'both']);
    const [one, other] = await Promise.all([a, b].map(async (path) => JSON.parse(await readFile(path, 'utf8'))));
    expect(other.priors[0].mean.map((value: number) => value.toFixed(4))).toEqual(
      one.priors[0].mean.map((value: number) => value.toFixed(4)),
    );
    const { code } = await voxhand(['replay', input, '--ideal', '--set', `smoothing.prior.file=${a}`]);
    expect(code).toBe(0);
  });

  test('refuses a line with a wrong number of numbers', async () => {
    const text = join(folder, 'bad.txt');
    await writeFile(text, `${Array(63).fill(1).join(' ')}\n1 2 3\n`);
    const { code, stderr } = await voxhand(['fit-prior', text, '-o', join(folder, 'x.json')]);
    expect([code, stderr]).toEqual([1, expect.stringContaining('bad.txt, line 2 [FILE_INVALID]')]);
  });
});

describe('voxhand', () => {
  test('checks the machine', async () => {
    const { code, stdout } = await voxhand(['doctor', '--json'], { env: { AMENT_PREFIX_PATH: '', ROS_DISTRO: '' } });
    const { healthy, findings } = JSON.parse(stdout);
    expect([code, healthy]).toEqual([0, true]);
    const states = Object.fromEntries(
      findings.map(({ name, state }: { name: string; state: string }) => [name, state]),
    );
    expect(states).toMatchObject({
      Node: 'ok',
      'provider cpu': 'ok',
      'model compact': 'ok',
      zstd: 'ok',
      'ROS 2': 'warn',
    });
    for (const { state, remedy } of findings) expect(state === 'ok' || remedy.length > 10).toBe(true);
  });

  test('lists its models', async () => {
    expect((await voxhand(['models'])).stdout).toMatch(/\ncompact .* 48\^3 .* Apache-2\.0\n/);
    const { models } = JSON.parse((await voxhand(['models', '--json'])).stdout);
    expect(models).toContainEqual(
      expect.objectContaining({ name: 'compact', licence: 'Apache-2.0', bytes: expect.any(Number) }),
    );
  });

  test('shows the demo', async () => {
    const { code, stdout } = await voxhand(['demo', '--once', '--model', 'compact-light', '--json'], { cwd: folder });
    const { network, ideal } = JSON.parse(stdout);
    expect(code).toBe(0);
    expect(network.frames).toMatchObject({ in: 150, out: 150, pending: 0, dropped: {} });
    expect(network.error.meanMm).toBeLessThan(25);
    expect(ideal.error.meanMm).toBeLessThan(3);
    const preview = await readFile(join(folder, 'out', 'preview.png'));
    expect(preview.length).toBeGreaterThan(10_000);
  });

  test.each(['replay', 'eval', 'import', 'synth', 'info', 'fit-prior', 'models', 'doctor', 'demo'])(
    'explains %s, with an example, and on stdout',
    async (command) => {
      const { code, stdout, stderr } = await voxhand([command, '--help']);
      expect([code, stderr]).toEqual([0, '']);
      expect(stdout).toContain(`Usage: voxhand ${command}`);
      expect(stdout).toMatch(/Example:\n {2}\$ voxhand /);
    },
  );

  test('tells its version, and what is wrong with a command line', async () => {
    expect(await voxhand(['--version'])).toEqual({ code: 0, stdout: `${VERSION}\n`, stderr: '' });
    const unknown = await voxhand(['replya', 'x']);
    expect([unknown.code, unknown.stdout]).toEqual([2, '']);
    expect(unknown.stderr).toMatch(/^voxhand: unknown command 'replya' \(Did you mean replay\?\) \[USAGE\]\n$/);
    expect((await voxhand([])).code).toBe(2);
    expect((await voxhand(['info'])).stderr).toBe("voxhand: missing required argument 'recording' [USAGE]\n");
  });

  test('prints a stack only when asked to', async () => {
    const missing = ['info', join(folder, 'nowhere.mcap')];
    const plain = await voxhand(missing);
    expect(plain.stderr).toMatch(/^voxhand: no such file; at .*nowhere\.mcap \[FILE_NOT_FOUND\]\n$/);
    expect((await voxhand([...missing, '--verbose'])).stderr).toMatch(/\n\s+at .*file-readable/);
    expect((await voxhand(missing, { env: { VOXHAND_DEBUG: '1' } })).stderr).toMatch(/Caused by: /);
  });
});
