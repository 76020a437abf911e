import { execFileSync } from 'node:child_process';
import { readdirSync, readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { parse } from '@foxglove/rosmsg';
import { describe, expect, it } from 'vitest';
import * as generated from './generated.js';

const MSGS = new URL('../../msgs/voxhand_msgs/msg/', import.meta.url);
const SCRIPT = fileURLToPath(new URL('../../scripts/generate-messages.mjs', import.meta.url));
const files = readdirSync(MSGS);
const textOf = (file: string) => readFileSync(new URL(file, MSGS), 'utf8');

describe('the generated messages', () => {
  it('are those of the .msg files as they are now', () => {
    expect(() => execFileSync(process.execPath, [SCRIPT, '--check'], { stdio: 'pipe' })).not.toThrow();
  });

  it('carry the text of each .msg file, byte for byte, and no other', () => {
    const texts = files.map((file) => [`voxhand_msgs/msg/${file.replace('.msg', '')}`, textOf(file)]);
    expect(generated.OWN_DEFINITIONS).toEqual(Object.fromEntries(texts));
  });

  it.each([
    ['GestureEvent.msg', generated.GESTURE_EVENT],
    ['HandFeedback.msg', generated.HAND_FEEDBACK],
    ['HandJoints.msg', generated.HAND_JOINTS],
    ['HandVoxels.msg', generated.HAND_VOXELS],
    ['PointerEvent.msg', generated.POINTER_EVENT],
  ])('have the constants of %s', (file, constants) => {
    const [{ definitions }] = parse(textOf(file), { ros2: true, skipTypeFixup: true });
    const pairs = definitions.flatMap(({ isConstant, name, value }) => (isConstant === true ? [[name, value]] : []));
    expect(constants).toEqual(Object.fromEntries(pairs));
  });

  it('name the values of a field in the order of their numbers', () => {
    expect(generated.HANDEDNESS).toEqual(['unknown', 'right', 'left']);
    expect(generated.GESTURE_EVENT_PHASE).toEqual(['begin', 'update', 'end', 'cancel']);
    expect(generated.POINTER_EVENT_PHASE).toEqual(['hover', 'down', 'move', 'up', 'cancel']);
    expect(generated.HAND_FEEDBACK_OUTCOME).toEqual(['read', 'noted', 'failed', 'replaced']);
    expect(generated.HAND_VOXELS_STATE).toEqual(['lost', 'found']);
    expect(generated.HAND_VOXELS_LOST_REASON).toEqual([
      ...['no-depth', 'zone-empty', 'no-candidate', 'too-small', 'shed', 'other-side'],
    ]);
  });
});
