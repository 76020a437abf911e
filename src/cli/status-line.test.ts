import { describe, expect, it } from 'vitest';
import { StatusLine } from './status-line.js';

const streamOf = (isTTY: boolean) => {
  const written: string[] = [];
  return { written, isTTY, columns: 20, write: (text: string) => written.push(text) };
};

describe('the status line', () => {
  it('is redrawn on a terminal, with other lines above it, and taken away', () => {
    const stream = streamOf(true);
    const line = new StatusLine(stream);
    line.update('30.0 Hz and much more than fits');
    line.above('warn: x', (text) => stream.write(`${text}\n`));
    line.end();
    line.end();
    expect(stream.written.join('')).toBe(
      '\r\u001b[K30.0 Hz and much mo\r\u001b[Kwarn: x\n30.0 Hz and much mo\r\u001b[K',
    );
  });

  it('is a line of its own elsewhere, now and then', () => {
    const stream = streamOf(false);
    const line = new StatusLine(stream);
    line.update('30.0 Hz and much more than fits');
    line.above('warn: x', (text) => stream.write(`${text}\n`));
    line.end();
    expect(stream.written.join('')).toBe('30.0 Hz and much more than fits\nwarn: x\n');
    expect(line.period).toBeGreaterThan(new StatusLine(streamOf(true)).period);
  });

  it('says nothing when it shall not', () => {
    const line = new StatusLine(undefined);
    line.update('x');
    const said: string[] = [];
    line.above('y', (text) => said.push(text));
    line.end();
    expect(said).toEqual(['y']);
  });
});
