import { mkdtempSync, readFileSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, it, vi } from 'vitest';
import { play, type ScriptedHand, scriptedMoments, steps } from '../../test/helpers/scripted-hands.js';
import { parseYaml } from '../errors/parse-yaml.js';
import { GestureEngine } from '../gestures/gesture-engine.js';
import { parseGestureProfile } from '../gestures/gesture-profile.js';
import { jointsOfHands } from '../hand/tracked-hand.js';
import { cdrCodec } from '../messages/cdr-codec.js';
import { toHandJointsMessage } from '../messages/hand-joints-message.js';
import { createMcapSink } from '../transport/mcap/mcap-sink.js';
import { run } from './program.js';

const HORNS: ScriptedHand = {
  keys: [
    { t: 0, pose: 'horns', view: { yaw: 0.1 } },
    { t: 2, pose: 'horns' },
  ],
};
const SHOWN: ScriptedHand = {
  keys: [
    { t: 0, pose: 'relaxed' },
    { t: 0.5, pose: 'relaxed' },
    { t: 0.8, pose: 'horns' },
    { t: 1.6, pose: 'horns' },
    { t: 1.9, pose: 'fist' },
    { t: 2.5, pose: 'fist' },
  ],
  side: 'left',
};

describe('voxhand teach', () => {
  it('writes a pose into a profile that recognises it in another hand, and keeps the rest of the file', async () => {
    const folder = mkdtempSync(join(tmpdir(), 'teach-'));
    const [recording, profile] = ['horns.mcap', 'gestures.yaml'].map((name) => join(folder, name));
    const sink = await createMcapSink(recording, {});
    const joints = sink.advertise('/hand/joints', cdrCodec('voxhand_msgs/msg/HandJoints'));
    for (const moment of scriptedMoments([HORNS], { noise: 0.002 })) {
      for (const hand of jointsOfHands(moment)) await joints.publish(toHandJointsMessage(hand), hand.stamp);
    }
    await sink.close();
    writeFileSync(profile, '# of cell 4\nframe_rate: 60 # Hz\ngestures: [fist]\n');
    const said = vi.spyOn(process.stdout, 'write').mockReturnValue(true);
    const codes = [];
    try {
      codes.push(await run(['teach', 'horns', recording, '-o', profile, '--quiet']));
      codes.push(await run(['teach', 'horns', recording, '-o', profile, '--quiet', '--duration', '1s']));
    } finally {
      said.mockRestore();
    }
    expect(codes).toEqual([0, 0]);
    const text = readFileSync(profile, 'utf8');
    expect(text.startsWith('# of cell 4\nframe_rate: 60 # Hz\ngestures: [')).toBe(true);
    const read = parseGestureProfile(parseYaml(text, profile), profile);
    expect(read.taught.map(({ name, samples }) => [name, samples])).toEqual([['horns', 30]]);
    expect(steps(play(new GestureEngine(read), [SHOWN]).gestures)).toEqual(['horns BEGIN', 'horns END', 'fist BEGIN']);
  });

  it('refuses the name of a gesture, and a recording with too few hands', async () => {
    const folder = mkdtempSync(join(tmpdir(), 'teach-'));
    const recording = join(folder, 'one.mcap');
    const sink = await createMcapSink(recording, {});
    const joints = sink.advertise('/hand/joints', cdrCodec('voxhand_msgs/msg/HandJoints'));
    for (const moment of scriptedMoments([HORNS], { until: 0.5 })) {
      for (const hand of jointsOfHands(moment)) await joints.publish(toHandJointsMessage(hand), hand.stamp);
    }
    await sink.close();
    const said: string[] = [];
    const spy = vi.spyOn(process.stderr, 'write').mockImplementation((text) => said.push(String(text)) > 0);
    const codes = [];
    try {
      codes.push(await run(['teach', 'fist', recording, '-o', join(folder, 'a.yaml')]));
      codes.push(await run(['teach', 'few', recording, '-o', join(folder, 'b.yaml'), '--duration', '0.1s']));
    } finally {
      spy.mockRestore();
    }
    expect(codes).toEqual([2, 2]);
    expect(said.join('')).toMatch(/a name is there twice.*fist.*at least 10 samples/s);
  });
});
