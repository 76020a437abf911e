import { expect, test } from 'vitest';
import { Progress } from './progress.js';

function stream(isTTY: boolean) {
  const written: string[] = [];
  return { isTTY, columns: 60, written, write: (text: string) => written.push(text) };
}

test('a terminal gets a bar that is redrawn ten times per second at most, fits its width, and is taken away', () => {
  const terminal = stream(true);
  let now = 0;
  const progress = new Progress(100, 'frames', terminal, () => now);
  for (let done = 1; done <= 100; done++) {
    now += 0.025;
    progress.update(done, 'a hand is found in this frame');
  }
  progress.end();
  expect(terminal.written.length).toBeGreaterThan(20);
  expect(terminal.written.length).toBeLessThan(30);
  expect(terminal.written.at(-2)).toContain('100/100  40.0 frames/s');
  expect(terminal.written.at(-1)).toBe('\r\u001b[K');
  for (const text of terminal.written) expect(text.replace('\r\u001b[K', '').length).toBeLessThan(60);
});

test('a file gets a line every five seconds and one at the end', () => {
  const file = stream(false);
  let now = 0;
  const progress = new Progress(100, 'frames', file, () => now);
  for (let done = 1; done <= 100; done++) {
    now += 0.125;
    progress.update(done, 'hand lost');
  }
  progress.end();
  expect(file.written).toEqual([
    '40/100 frames, 8.0 frames/s, hand lost\n',
    '80/100 frames, 8.0 frames/s, hand lost\n',
    '100/100 frames, 8.0 frames/s, hand lost\n',
  ]);
});

test('without a total there is no bar, and no line until five seconds have passed', () => {
  const [terminal, file] = [stream(true), stream(false)];
  for (const to of [terminal, file]) {
    let now = 0;
    const progress = new Progress(Infinity, 'frames', to, () => now);
    for (let done = 1; done <= 48; done++) {
      now += 0.125;
      progress.update(done);
    }
    progress.end();
  }
  expect(terminal.written[0]).toBe('\r\u001b[K1 frames  8.0 frames/s  ');
  expect(file.written).toEqual(['40 frames, 8.0 frames/s\n']);
});

test('without a stream nothing is written', () => {
  const progress = new Progress(1, 'frames', undefined);
  progress.update(1);
  progress.end();
});
