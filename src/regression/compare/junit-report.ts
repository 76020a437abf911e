import { element, escapeText } from '../../evaluation/svg.js';
import type { Comparison, Criterion } from './comparison.js';
import { comparisonSummary, losses } from './comparison-text.js';
import { nothingCompared, shown } from './judge.js';

/**
 * A comparison as JUnit XML, the format that CI systems read test results in: a test case for each criterion, one for whether
 * there was anything to compare, and one for whether both recordings were whole (an error, not a failure: then the others
 * say less).
 *
 * @param name of the suite. Default: the path of the golden recording and the topic.
 */
export function junitReport(comparison: Comparison, name?: string): string {
  const { golden, new: found, topic, criteria, provenance } = comparison;
  const lost = losses(comparison);
  const nothing = nothingCompared(comparison) ? [comparison.reasons[0]] : [];
  const cases = [
    testCase(
      'results',
      'compared',
      nothing.map((reason) => outcome('failure', 'nothing-compared', reason)),
    ),
    testCase('recordings', 'whole', lost.length === 0 ? [] : [outcome('error', 'loss', lost.join('; '))]),
    ...criteria.map(criterionCase),
  ];
  const failures = criteria.filter(({ ok }) => !ok).length + nothing.length;
  const counts = { tests: cases.length, failures, errors: lost.length === 0 ? 0 : 1, time: '0' };
  const skipped = criteria.filter(({ value }) => value === null).length;
  const facts = [
    ['golden', golden.path],
    ['new', found.path],
    ['topic', topic],
    ...provenance.map(({ what, golden: a, new: b }) => [what, `${a ?? '(not given)'} > ${b ?? '(not given)'}`]),
  ];
  const suite = element(
    'testsuite',
    // not of `testsuites`: there the schema of Jenkins' xUnit plugin knows no such attribute, and refuses the file
    { name: name ?? `${golden.path} ${topic}`, ...counts, skipped },
    '\n    ',
    element(
      'properties',
      {},
      ...facts.map(([key, value]) => `\n      ${element('property', { name: key, value })}`),
      '\n    ',
    ),
    ...cases.map((markup) => `\n    ${markup}`),
    `\n    ${element('system-out', {}, escapeText(comparisonSummary(comparison)))}`,
    '\n  ',
  );
  const suites = element('testsuites', { name: 'voxhand compare', ...counts }, `\n  ${suite}\n`);
  return `<?xml version="1.0" encoding="UTF-8"?>\n${suites}\n`;
}

function criterionCase({ id, what, unit, value, limit, ok }: Criterion): string {
  const at = id.lastIndexOf('.');
  const [group, name] = at < 0 ? ['results', id] : [id.slice(0, at), id.slice(at + 1)];
  if (value === null) return testCase(group, name, [element('skipped', { message: `${what}: nothing to measure` })]);
  const of = unit === '' ? '' : ` ${unit}`;
  const message = `${what}: ${shown(value)}${of}, at most ${limit}${of}`;
  return testCase(group, name, ok ? [] : [outcome('failure', 'tolerance', message)]);
}

function testCase(group: string, name: string, outcomes: readonly string[]): string {
  return element('testcase', { classname: `voxhand.compare.${group}`, name, time: '0' }, ...outcomes);
}

function outcome(kind: 'failure' | 'error', type: string, message: string): string {
  return element(kind, { type, message }, escapeText(message));
}
