import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { ERROR_CODES } from '../src/errors/voxhand-error.js';
import { FINGER_COLORS, SIDE_COLORS } from '../src/hand/colors.js';
import { BONES, JOINT_NAMES } from '../src/hand/skeleton.js';

const page = readFileSync('docs/troubleshooting.md', 'utf8');

/** What the first column of a marked table names. */
function rowsOf(table: string): string[] {
  const text = page.split(`<!-- ${table}: `)[1]?.split(`<!-- /${table} -->`)[0] ?? '';
  return text
    .split('\n')
    .filter((line) => line.startsWith('| `'))
    .flatMap((line) => [...(line.split('|')[1] ?? '').matchAll(/`([^`]+)`/g)].map(([, name]) => name as string))
    .sort();
}

/** The text of every file of src/ that is not a test. */
const sources = readdirSync('src', { recursive: true, encoding: 'utf8' })
  .filter((file) => file.endsWith('.ts') && !file.endsWith('.test.ts'))
  .map((file) => readFileSync(join('src', file), 'utf8'));

/** All that the first group of a pattern finds in the sources, once each, sorted. */
function found(pattern: RegExp): string[] {
  return [...new Set(sources.flatMap((text) => [...text.matchAll(pattern)].map(([, name]) => name as string)))].sort();
}

/** The members of a union of strings, or of a list `as const`, by its name in the sources. */
function members(name: string): string[] {
  const declared = sources
    .map((text) => new RegExp(`(?:type|const) ${name}\\s*=([^;]+);`).exec(text)?.[1])
    .find((text) => text !== undefined);
  const names = [...(declared ?? '').matchAll(/'([a-z-]+)'/g)].map(([, member]) => member as string);
  expect(names.length, name).toBeGreaterThan(1);
  return names;
}

const lostReasons = () => [...members('LostReason'), 'low-confidence', 'depth-unit', 'no-transform'].sort();

describe('docs/troubleshooting.md', () => {
  it('has a row for each error code, and none for another', () => {
    expect(rowsOf('error codes')).toEqual([...ERROR_CODES].sort());
  });

  it('has a row for each cause under which a frame is dropped', () => {
    const causes = [
      ...found(/\.dropped\('([a-z-]+)'\)/g),
      ...found(/onDrop\([^)\n]*'([a-z-]+)'/g),
      ...members('PAIR_DROP_CAUSES'),
      // a frame that waits is dropped by the same causes, but for those of a result
      ...members('WithheldCause').filter((cause) => cause !== 'unpublishable' && cause !== 'older'),
      ...found(/UNHEARD = '([a-z-]+)'/g),
    ];
    expect(rowsOf('drop causes')).toEqual([...new Set(causes)].sort());
  });

  it('has a row for each reason for which a result has no hand', () => {
    for (const reason of ['low-confidence', 'depth-unit', 'no-transform']) {
      expect(found(new RegExp(`= '(${reason})'`, 'g')), reason).toEqual([reason]);
    }
    expect(rowsOf('lost reasons')).toEqual(lostReasons());
  });

  it('has a row for each cause for which a result is not published', () => {
    expect(rowsOf('withheld causes')).toEqual([...members('WithheldCause')].sort());
  });
});

describe('docs/joints.md', () => {
  const joints = readFileSync('docs/joints.md', 'utf8');

  it('lists the joints in the order of the skeleton, each with its parent', () => {
    const rows = [...joints.matchAll(/^\| (\d+) \| `(\w+)` \| [^|]+ \| ?(\d*) ?\|$/gm)].map(
      ([, number, name, parent]) => [Number(number), name, parent],
    );
    const parentOf = (joint: number) => String(BONES.find(([, child]) => child === joint)?.[0] ?? '');
    expect(rows).toEqual(JOINT_NAMES.map((name, joint) => [joint, name, parentOf(joint)]));
  });

  it('has the colours of the fingers and the sides', () => {
    for (const [finger, color] of Object.entries({ ...FINGER_COLORS, ...SIDE_COLORS }))
      expect(joints).toContain(`| ${finger} | \`${color}\` |`);
  });

  it('names every field of HandDescription', () => {
    const text = readFileSync('msgs/voxhand_msgs/msg/HandDescription.msg', 'utf8');
    const fields = [...text.matchAll(/^[\w/[\]]+ (\w+)$/gm)].map(([, name]) => name);
    expect(fields).toHaveLength(20);
    for (const name of fields.slice(4)) expect(joints, name).toContain(`\`${name}`);
  });

  it('shows a picture with each number and name, and a line for each bone', () => {
    const svg = readFileSync('docs/images/joints.svg', 'utf8');
    for (const [joint, name] of JOINT_NAMES.entries()) {
      expect(svg.split(`>${joint}</text>`), name).toHaveLength(3); // on the hand and in the legend
      expect(svg).toContain(`>${name}</text>`);
    }
    expect(svg.match(/<line /g)).toHaveLength(BONES.length);
  });
});
