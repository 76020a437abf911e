import { describe, expect, it, test } from 'vitest';
import { topicMatcher } from './topic-pattern.js';

describe('a pattern of topics', () => {
  test.each([
    ['/tf', '/tf', true],
    ['/tf', 'tf', true],
    ['tf', '/tf', true],
    ['/tf', '/tf_static', false],
    ['/tf*', '/tf_static', true],
    ['/tf*', '/tf/a', false],
    ['/camera/*/depth', '/camera/left/depth', true],
    ['/camera/*/depth', '/camera/left/raw/depth', false],
    ['/camera/**', '/camera/left/raw/depth', true],
    ['/camera/**', '/camera', false],
    ['**/camera_info', '/a/b/camera_info', true],
    ['**/camera_info', 'camera_info', false],
    ['**camera_info', 'camera_info', true],
    ['/cam?/depth', '/cam1/depth', true],
    ['/cam?/depth', '/cam10/depth', false],
    ['/cam?depth', '/cam/depth', false],
    ['/a.b', '/aXb', false],
    ['/a+(b)', '/a+(b)', true],
    ['**', '/any/thing', true],
  ])('%s and the topic %s: %s', (pattern, topic, matches) => {
    expect(topicMatcher([pattern])(topic)).toBe(matches);
  });

  it('is one of several, and none at all means every topic', () => {
    expect(topicMatcher(['/a', '/b'])('/b')).toBe(true);
    expect(topicMatcher([])('/b')).toBe(false);
    expect(topicMatcher(undefined)('/b')).toBe(true);
  });

  it('must not be empty', () => {
    expect(() => topicMatcher([' /'])).toThrow(expect.objectContaining({ code: 'USAGE' }));
  });
});
