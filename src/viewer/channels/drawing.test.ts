import { describe, expect, it } from 'vitest';
import { toCubeScene } from '../../messages/scene-update.js';
import { DrawingBoard } from './drawing.js';

const ORIGIN = { position: { x: 0, y: 0, z: 0 }, orientation: { x: 0, y: 0, z: 0, w: 1 } };
/** Half a turn about z. */
const TURNED = { position: { x: 1, y: 0, z: 0 }, orientation: { x: 0, y: 0, z: 1, w: 0 } };
const points = [
  { x: 0, y: 0, z: 0 },
  { x: 1, y: 0, z: 0 },
  { x: 1, y: 1, z: 0 },
];
const cube = (id: string, pose = ORIGIN) => ({ id, frame_id: 'cam', cubes: [{ pose, size: { x: 2, y: 4, z: 6 } }] });

describe('a board of drawings', () => {
  it('draws a cube by its twelve edges', () => {
    const drawing = new DrawingBoard().update({ deletions: [], entities: [cube('a')] });
    expect(drawing).toMatchObject({ frameId: 'cam', boxes: [{ turn: [0, 0, 0, 1] }] });
    expect(drawing?.lines).toHaveLength(12 * 6);
    const lengths = Array.from({ length: 12 }, (_, i) => {
      const [ax, ay, az, bx, by, bz] = drawing!.lines.subarray(i * 6, i * 6 + 6);
      return Math.hypot(bx - ax, by - ay, bz - az);
    });
    expect(lengths.sort()).toEqual([2, 2, 2, 2, 4, 4, 4, 4, 6, 6, 6, 6]);
    expect(Math.min(...drawing!.lines)).toBe(-3);
  });

  it('knows where each of several cubes is and how it is turned', () => {
    const board = new DrawingBoard();
    expect(board.update({ entities: [cube('cube/3'), cube('cube/4', TURNED)] })?.boxes).toEqual([
      { center: [0, 0, 0], turn: [0, 0, 0, 1] },
      { center: [1, 0, 0], turn: [0, 0, 1, 0] },
    ]);
    expect(board.update({ deletions: [{ type: 0, id: 'cube/3' }] })?.boxes.map(({ center }) => center)).toEqual([
      [1, 0, 0],
    ]);
  });

  it('keeps what is there until it is deleted', () => {
    const board = new DrawingBoard();
    board.update({ entities: [cube('a'), cube('b')] });
    expect(board.update({ deletions: [{ type: 0, id: 'a' }] })?.lines).toHaveLength(72);
    expect(board.update({ deletions: [{ type: 1, id: '' }] })).toBeUndefined();
  });

  it('replaces what comes again', () => {
    const board = new DrawingBoard();
    board.update({ entities: [cube('a')] });
    expect(board.update({ entities: [cube('a', TURNED)] })?.boxes[0].turn).toEqual([0, 0, 1, 0]);
  });

  it.each([
    ['strip', 0, [0, 0, 0, 1, 0, 0, 1, 0, 0, 1, 1, 0]],
    ['loop', 1, [0, 0, 0, 1, 0, 0, 1, 0, 0, 1, 1, 0, 1, 1, 0, 0, 0, 0]],
    ['list with one end too many', 2, [0, 0, 0, 1, 0, 0]],
  ])('draws lines as a %s', (_, type, expected) => {
    const entity = { id: 'a', frame_id: 'cam', lines: [{ type, pose: ORIGIN, points }] };
    expect([...new DrawingBoard().update({ entities: [entity] })!.lines]).toEqual(expected);
  });

  it("draws a tracker's cube once, which comes with its edges, and knows how it is turned", () => {
    const cube = { center: [0, 0, 0.5], edge: 0.25, roll: Math.PI, mirror: false } as const;
    const board = new DrawingBoard();
    const drawing = board.update(toCubeScene({ stamp: 0n, frameId: 'cam', handId: 0, cube }));
    expect(drawing?.lines).toHaveLength(72);
    expect(drawing?.boxes[0].turn.map(Math.round)).toEqual([0, 0, 1, 0]);
    expect(board.update(toCubeScene({ stamp: 1n, frameId: 'cam', handId: 0 }))).toBeUndefined();
  });

  it('puts lines where their pose says', () => {
    const entity = { id: 'a', frame_id: 'cam', lines: [{ type: 2, pose: TURNED, points: points.slice(0, 2) }] };
    expect([...new DrawingBoard().update({ entities: [entity] })!.lines].map(Math.round)).toEqual([1, 0, 0, 0, 0, 0]);
  });

  it('reads markers as well', () => {
    const board = new DrawingBoard();
    const marker = {
      header: { frame_id: 'cam' },
      ns: 'cube',
      id: 0,
      pose: ORIGIN,
      scale: { x: 1, y: 1, z: 1 },
      points,
    };
    expect(board.update({ markers: [{ ...marker, type: 1, action: 0 }] })?.lines).toHaveLength(72);
    expect(board.update({ markers: [{ ...marker, type: 5, action: 0 }] })?.lines).toHaveLength(6);
    expect(board.update({ markers: [{ ...marker, type: 5, action: 2 }] })).toBeUndefined();
  });

  it('holds no more than it can show', () => {
    const board = new DrawingBoard();
    board.update({ entities: Array.from({ length: 1000 }, (_, i) => cube(`cube ${i}`)) });
    expect(board.update({})?.lines).toHaveLength(16 * 72);
  });
});
