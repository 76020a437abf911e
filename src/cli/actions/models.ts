import { basename } from 'node:path';
import { toVoxhandError } from '../../errors/index.js';
import { JOINT_COUNT } from '../../hand/index.js';
import type { LoadedDetector, LoadedModel, ModelOutput } from '../../inference/index.js';
import { checkModel, isLoadedDetector, listModels, loadAnyModel } from '../../inference/index.js';
import { EXIT } from '../exit-code.js';
import { bytes, table } from '../table.js';
import { type TalkOptions, Terminal } from '../terminal.js';

export interface ModelsCommandOptions extends TalkOptions {
  /** Open each model, which verifies its files and runs its self-test. */
  readonly check?: boolean;
}

interface Fault {
  readonly code: string;
  readonly message: string;
}

/** A model that cannot be used, not even to say what it is. */
interface Broken extends Fault {
  readonly name: string;
}

type Listed = ReturnType<typeof listed>;

export async function models([given]: readonly string[], options: ModelsCommandOptions): Promise<number> {
  const terminal = new Terminal(options);
  const list: Listed[] = [];
  const broken: Broken[] = [];
  for (const name of given === undefined ? await listModels() : [given]) {
    const loaded = await loadAnyModel(name).catch((error: unknown) => {
      if (given !== undefined) throw error;
      broken.push({ name, ...faultOf(error) });
    });
    if (loaded !== undefined) list.push(listed(loaded, options.check === true ? await check(loaded, terminal) : null));
  }
  terminal.result({ models: list, broken }, (shown) => text(shown.models, shown.broken));
  const failed = broken.length > 0 || list.some((model) => model.check !== null && model.check !== 'passed');
  return failed ? EXIT.failed : EXIT.ok;
}

async function check(model: LoadedModel | LoadedDetector, terminal: Terminal): Promise<'passed' | Fault> {
  terminal.say(`Checking ${model.manifest.name} ...`);
  try {
    await checkModel({ model });
    return 'passed';
  } catch (error) {
    return faultOf(error);
  }
}

function faultOf(error: unknown): Fault {
  const { code, message } = toVoxhandError(error);
  return { code, message };
}

/** What a manifest says, in one row. */
function listed(loaded: LoadedModel | LoadedDetector, checked: 'passed' | Fault | null) {
  const { directory, manifest, sha256 } = loaded;
  const { name, version, description, licence, files, measured, training, parameters } = manifest;
  return {
    name,
    /** By which it is chosen, where that is not its own name. */
    folder: basename(directory),
    version,
    description,
    licence,
    ...(isLoadedDetector(loaded) ? ofDetector(loaded) : ofVoxels(loaded)),
    precision: [...new Set(files.map((file) => file.precision))].join('+'),
    members: files.length,
    bytes: files.reduce((sum, file) => sum + file.bytes, 0),
    parameters: parameters ?? null,
    errorMm: measured?.errorMm ?? null,
    measuredOn: measured?.on ?? null,
    milliseconds: measured?.milliseconds ?? null,
    trainedOn: training?.data ?? null,
    samples: training?.samples ?? null,
    sha256,
    check: checked,
  };
}

/** What differs from kind to kind. */
interface KindFacts {
  readonly kind: 'pose' | 'refine' | 'detect' | 'verify';
  /** Voxels along an edge, and the edge in metres; null of a detector. */
  readonly grid: number | null;
  readonly cubeEdge: number | null;
  readonly output: string;
  readonly heatMap: number | null;
  readonly decoder: string | null;
  readonly target: string | null;
  /** In words. */
  readonly input: string;
  readonly answers: string;
}

const NOTHING = { grid: null, cubeEdge: null, heatMap: null, decoder: null, target: null } as const;

function ofDetector({ manifest: { input, output } }: LoadedDetector): KindFacts {
  return {
    ...NOTHING,
    kind: 'detect',
    output: output.kind,
    input: `picture, focal length ${input.focal} px`,
    answers: 'hands',
  };
}

function ofVoxels({ manifest: { input, output } }: LoadedModel): KindFacts {
  return {
    ...NOTHING,
    kind: output.kind === 'point' ? 'refine' : output.kind === 'verdict' ? 'verify' : 'pose',
    grid: input.size,
    cubeEdge: input.cubeEdge,
    output: output.kind,
    ...(output.kind === 'gaussian' && { heatMap: output.size }),
    ...(output.kind === 'joints' && { decoder: output.decoder }),
    ...(output.kind === 'point' && { target: output.target }),
    input: `${input.size}^3 of ${Math.round(1000 * input.cubeEdge)} mm`,
    answers: answersOf(output),
  };
}

function answersOf(output: ModelOutput): string {
  switch (output.kind) {
    case 'gaussian':
      return `${JOINT_COUNT} maps of ${output.size}^3${output.side ? ', side' : ''}`;
    case 'joints':
      return `${JOINT_COUNT} joints (${output.decoder})${output.side ? ', side' : ''}`;
    case 'point':
      return output.target;
    case 'verdict':
      return 'verdict';
  }
}

function text(list: readonly Listed[], broken: readonly Broken[]): string {
  const lines: string[] = [];
  if (list.length > 0) {
    const head = [
      'name',
      'version',
      'kind',
      'input',
      'output',
      'precision',
      'size',
      'weights',
      'mean/median mm',
      'ms',
      'licence',
    ];
    lines.push(...table([head, ...list.map(rowOf)], [1, 6, 7, 8, 9]), '');
    lines.push(...list.flatMap(notesOf));
  } else if (broken.length === 0) lines.push('No models are packaged.');
  lines.push(...broken.map(({ name, code, message }) => `${name}: BROKEN: ${message} [${code}]`));
  return lines.join('\n').trimEnd();
}

function rowOf(model: Listed): string[] {
  const { name, version, kind, input, answers, precision, members, parameters, errorMm } = model;
  return [
    name,
    version,
    kind,
    input,
    answers,
    members === 1 ? precision : `${precision} x ${members}`,
    bytes(model.bytes),
    parameters === null ? '?' : `${(parameters / 1e6).toFixed(2)} M`,
    errorMm === null ? 'not measured' : `${errorMm.mean.toFixed(1)} / ${errorMm.median.toFixed(1)}`,
    model.milliseconds === null ? '-' : model.milliseconds.median.toFixed(1),
    model.licence,
  ];
}

/** What does not fit into a row: on what it was measured, on what it was trained, and how its check went. */
function notesOf({ name, folder, measuredOn, milliseconds, samples, trainedOn, check }: Listed): string[] {
  const facts: string[] = [];
  if (folder !== name) facts.push(`lies in a folder named ${folder}`);
  if (measuredOn !== null) facts.push(`error on ${measuredOn}`);
  if (milliseconds !== null) {
    const { median, threads, machine, provider } = milliseconds;
    facts.push(`${median} ms on ${machine} (${provider}, ${threads} ${threads === 1 ? 'thread' : 'threads'})`);
  }
  if (samples !== null) facts.push(`${samples.toLocaleString('en')} samples of ${trainedOn}`);
  if (check !== null) {
    facts.push(check === 'passed' ? 'self-test passed' : `CHECK FAILED: ${check.message} [${check.code}]`);
  }
  return facts.map((fact) => `${name}: ${fact}`);
}
