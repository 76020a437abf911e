import type { AngleErrorReport } from './angle-errors.js';
import type { HandTracksReport } from './hand-tracks.js';
import type { JointErrorReport } from './joint-errors.js';

/** Reports side by side as a table of plain text, a line a report, with a line on frames that were not compared. */
export function formatReports(reports: readonly JointErrorReport[]): string {
  const rows = reports.map(({ label, frames, joints, framesWithin }) => [
    label,
    `${frames.compared}/${frames.withHand}`,
    ...[joints.meanMm, joints.medianMm, joints.p95Mm, joints.maxMm].map(millimetres),
    ...framesWithin.map(({ share }) => percent(share)),
  ]);
  const thresholds = reports[0]?.framesWithin.map(({ thresholdMm }) => `<=${thresholdMm}`) ?? [];
  const table = alignColumns([['', 'frames', 'mean', 'median', 'p95', 'max', ...thresholds], ...rows]);
  const notes = [...formatMissing(reports), ...formatTruthGaps(reports)];
  const explanation = 'Joint errors in mm; share of all frames with a hand that have every joint within so many mm.';
  return [...table, '', explanation, ...notes].join('\n');
}

/** How well results hold together as a hand, a line a report, with what could not be said. */
export function formatSkeletons(reports: readonly JointErrorReport[], published: AngleErrorReport | null): string {
  const rows = reports.flatMap(({ label, skeleton }) =>
    skeleton === null
      ? []
      : [
          [
            label,
            ...[skeleton.visible, skeleton.hidden, skeleton.tips].map((errors) => millimetres(errors?.meanMm ?? null)),
            millimetres(skeleton.boneDeviationMm),
            degrees(skeleton.angles.medianDegrees),
            degrees(skeleton.visibleAngles.medianDegrees),
            millimetres(skeleton.overlap.meanMm),
            percent(skeleton.overlap.deepShare),
          ],
        ],
  );
  const head = ['', 'visible', 'hidden', 'tips', 'bones', 'angles', 'of visible', 'overlap', '>4 mm'];
  const [first] = reports.flatMap(({ skeleton }) => skeleton ?? []);
  const truth = first?.trueOverlap;
  return [
    ...alignColumns([head, ...rows]),
    '',
    'Mean errors of visible and hidden joints and of fingertips, and by how much bones change their length, in mm; median',
    'errors of the angles that joints have, of all and of fingers that are seen as a whole; how deep fingers are in each',
    'other in mm, and frames with more than 4 mm.',
    ...(truth === undefined || truth.meanMm === null
      ? []
      : [
          `True hands: fingers overlap by ${millimetres(truth.meanMm)} mm, in ${percent(truth.deepShare)} of frames by more than 4 mm.`,
        ]),
    ...(published === null
      ? []
      : [
          `Recorded angles: median error ${degrees(published.medianDegrees)}, mean ${degrees(published.meanDegrees)}, p95 ${degrees(published.p95Degrees)}.`,
        ]),
    ...(first === undefined || first.visible !== null
      ? []
      : ['Which joints are visible is not known: there are no depth images of these stamps.']),
  ].join('\n');
}

/** Share of all joints within the thresholds, a line a report. */
export function formatJointShares(reports: readonly JointErrorReport[]): string {
  const thresholds = reports[0]?.jointsWithin.map(({ thresholdMm }) => `<=${thresholdMm}`) ?? [];
  const rows = reports.map(({ label, jointsWithin }) => [label, ...jointsWithin.map(({ share }) => percent(share))]);
  return alignColumns([['share of joints', ...thresholds], ...rows]).join('\n');
}

/** Mean error of each joint, one line per joint and one column per report; of the first one also where it is visible and where it is hidden. */
export function formatPerJoint(reports: readonly JointErrorReport[]): string {
  const joints = reports[0]?.perJoint ?? [];
  const skeleton = reports[0]?.skeleton;
  const seen = skeleton?.visible == null ? undefined : skeleton.perJoint;
  const rows = joints.map(({ joint }, index) => [
    joint,
    ...reports.map((report) => millimetres(report.perJoint[index].meanMm)),
    ...(seen === undefined ? [] : [seen[index].visibleMm, seen[index].hiddenMm].map(millimetres)),
  ]);
  const labels = [...reports.map(({ label }) => label), ...(seen === undefined ? [] : ['visible', 'hidden'])];
  return alignColumns([['mean error, mm', ...labels], ...rows]).join('\n');
}

/** Hands that were followed through time, and each true hand on a line of its own. */
export function formatHandTracks({ side, perHand, ...tracks }: HandTracksReport): string {
  const number = (value: number | null, digits: number): string => (value === null ? '-' : value.toFixed(digits));
  const facts = [
    `MOTA ${number(tracks.mota, 4)}: ${tracks.hands} hands, ${tracks.misses} missed, ${tracks.falseHands} false (${number(tracks.falseHandsPerFrame, 4)} per frame), ${tracks.idSwitches} id switches (${number(tracks.idSwitchesPerMinute, 2)} per minute).`,
    `Side right in ${percent(side.right)} of ${side.judged} hands whose id is older than 0.5 s; ${side.changes} changes, ${side.idsWithSeveral} ids with more than one.`,
  ];
  const rows = perHand.map(({ id, handedness, frames, matched, switches, meanMm }) => [
    `hand ${id}, ${handedness}`,
    `${matched}/${frames}`,
    `${switches}`,
    millimetres(meanMm),
  ]);
  return [...facts, '', ...alignColumns([['', 'frames', 'switches', 'mean'], ...rows])].join('\n');
}

/** What was not compared, once for all reports that agree on it. */
function formatMissing(reports: readonly JointErrorReport[]): string[] {
  const labelsOf = new Map<string, string[]>();
  for (const { label, frames } of reports) {
    const note = [
      [frames.notTracked, 'with a hand not tracked'],
      [frames.noResult, 'with a hand without any result'],
      [frames.falseHands, 'without a hand where one was found'],
      [frames.withoutTruth, 'results without ground truth'],
    ]
      .flatMap(([count, what]) => (count === 0 ? [] : [`${count} ${what}`]))
      .join(', ');
    if (note !== '') labelsOf.set(note, [...(labelsOf.get(note) ?? []), label || 'Frames']);
  }
  return [...labelsOf].map(([note, labels]) => {
    const all = labels.length === reports.length && labels.length > 1;
    return `${all ? 'All' : labels.join(', ')}: ${note}.`;
  });
}

/** Joints that the ground truth has not, or has near by only. */
function formatTruthGaps(reports: readonly JointErrorReport[]): string[] {
  const all = (pick: (report: JointErrorReport) => readonly string[]) => [...new Set(reports.flatMap(pick))];
  const missing = all((report) => report.jointsWithoutTruth);
  const near = all((report) => report.jointsNearTruth);
  return [
    ...(missing.length === 0 ? [] : [`Not in the ground truth, left out: ${missing.join(', ')}.`]),
    ...(near.length === 0 ? [] : [`Not quite the same joints in the ground truth: ${near.join(', ')}.`]),
  ];
}

/** @param words columns that begin at the left, the others end at the right; by default the first */
export function alignColumns(rows: readonly (readonly string[])[], words: readonly number[] = [0]): string[] {
  const widths = (rows[0] ?? []).map((_, column) => Math.max(...rows.map((row) => row[column].length)));
  return rows.map((row) =>
    row
      .map((cell, column) => (words.includes(column) ? cell.padEnd(widths[column]) : cell.padStart(widths[column])))
      .join('  ')
      .trimEnd(),
  );
}

function millimetres(value: number | null): string {
  return value === null ? '-' : value.toFixed(value < 9.995 ? 2 : 1);
}

function degrees(value: number | null): string {
  return value === null ? '-' : `${value.toFixed(1)}°`;
}

function percent(share: number | null): string {
  return share === null ? '-' : `${(100 * share).toFixed(1)}%`;
}
