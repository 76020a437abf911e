import { describe, expect, it, test } from 'vitest';
import { oneLine, printable, printableText } from './printable.js';

describe('a name in a line', () => {
  test.each([
    ['ESC and what follows', '/depth/\u001b[2J\u001b]0;owned\u0007', '/depth/\\u001b[2J\\u001b]0;owned\\u0007'],
    ['C1: the same in one character', 'a\u009b2Jb', 'a\\u009b2Jb'],
    ['NUL, DEL and a return', 'a\0b\u007fc\rd', 'a\\u0000b\\u007fc\\u000dd'],
    ['line ends of every kind', 'a\nb\u2028c\u2029d\u0085e', 'a\\nb\\u2028c\\u2029d\\u0085e'],
    ['marks that turn the direction', 'a\u202eb\u2066c\u200fd', 'a\\u202eb\\u2066c\\u200fd'],
    ['what has no width', 'a\u200bb\ufeffc\u{e0041}d', 'a\\u200bb\\ufeffc\\udb40\\udc41d'],
    ['half of a pair', 'a\ud800b', 'a\\ud800b'],
    ['a command for a CI system', '::error::x', '\\::error::x'],
    ['another one, behind spaces', '  ##[error]x', '  \\##[error]x'],
  ])('loses %s', (_, name, shown) => {
    expect(oneLine(name)).toBe(shown);
  });

  it('keeps letters of every script, a pair and a colon', () => {
    expect(oneLine('Tiefe ä 深度 🖐 a::b')).toBe('Tiefe ä 深度 🖐 a::b');
  });
});

describe('a text', () => {
  it('keeps its lines and our colours, and nothing else', () => {
    expect(printableText('\u001b[31mERROR\u001b[39m a\nb\u001b[2J\u001b[1;1H\r')).toBe(
      '\u001b[31mERROR\u001b[39m a\nb\\u001b[2J\\u001b[1;1H\\u000d',
    );
  });

  it('that is JSON still says the same', () => {
    const value = { '\u009b2J': ['\u001b[31m\n', '\u202e\u{e0041}\ud800', '\u007f'] };
    const shown = printableText(JSON.stringify(value, null, 2));
    expect(JSON.parse(shown)).toEqual(value);
    expect(shown).not.toMatch(/(?!\n)[\p{Cc}\p{Cf}]/u);
  });
});

describe('a report', () => {
  it('has every string and key in one line, and numbers and bytes as they were', () => {
    const data = new Uint8Array([1]);
    const report = { topics: [{ 'a\n': '/x\nvoxhand: nothing is wrong', count: 2n, data }], loss: null };
    expect(printable(report)).toEqual({
      topics: [{ 'a\\n': '/x\\nvoxhand: nothing is wrong', count: 2n, data }],
      loss: null,
    });
  });

  it('has the message of an error', () => {
    expect(printable({ error: new Error('a\nb') }).error.message).toBe('a\\nb');
  });

  it('cuts what is very long', () => {
    expect(printable('x'.repeat(100_000))).toBe(`${'x'.repeat(500)}...`);
  });
});
