import { VoxhandError } from '../../errors/index.js';

/**
 * A test of topic names against names and patterns. `*` stands for any characters but `/`, `**` for any characters, `?` for
 * one but `/`; everything else is meant as it is. A name without its leading `/` means the same topic as with it.
 *
 * @param patterns undefined: every topic
 * @throws VoxhandError `USAGE` for an empty pattern
 *
 * @example
 * ```ts
 * const wanted = topicMatcher(['/camera/*\/image_rect_raw', 'tf_static']);
 * wanted('/camera/left/image_rect_raw'); // true
 * ```
 */
export function topicMatcher(patterns: readonly string[] | undefined): (topic: string) => boolean {
  if (patterns === undefined) return () => true;
  const expressions = patterns.map(expressionOf);
  return (topic) => expressions.some((expression) => expression.test(topic));
}

function expressionOf(pattern: string): RegExp {
  const name = pattern.trim().replace(/^\//, '');
  if (name === '') {
    throw new VoxhandError('USAGE', 'a topic pattern is empty', {
      expected: 'a name, or a pattern such as /camera/*/image_rect_raw or /hand/**',
      found: JSON.stringify(pattern),
    });
  }
  const source = name.replaceAll(/\*\*|\*|\?|[^*?]+/g, (part) => {
    if (part === '**') return '.*';
    if (part === '*') return '[^/]*';
    return part === '?' ? '[^/]' : part.replaceAll(/[\\^$.|+()[\]{}]/g, '\\$&');
  });
  return new RegExp(`^/?${source}$`);
}
