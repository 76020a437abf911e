import { didYouMean, inWords, VoxhandError } from '../../errors/index.js';
import type {
  OnParameters,
  ParameterChanges,
  ParameterDescriptor,
  ParameterType,
  ParameterValue,
  SetResult,
} from './host.js';

interface Declared extends ParameterDescriptor {
  /** Whose parameter it is: asked before a change. */
  readonly onSet: OnParameters;
}

/** A node's parameters: what is declared, what is in force, and who is asked before a change. No ROS 2 in it. */
export class Parameters {
  readonly #declared = new Map<string, Declared>();
  readonly #values = new Map<string, ParameterValue>();
  readonly #overrides: ReadonlyMap<string, ParameterValue>;
  readonly #owners = new Set<OnParameters>();

  /** @param overrides values that take the place of the declared ones. */
  constructor(overrides: ReadonlyMap<string, ParameterValue> = new Map()) {
    this.#overrides = overrides;
  }

  /**
   * @returns the values in force of these parameters.
   * @throws VoxhandError `CONFIG_INVALID` naming every override that is not allowed; nothing is declared then. `USAGE` for
   * a parameter that is there already.
   */
  declare(descriptors: readonly ParameterDescriptor[], onSet: OnParameters): ParameterChanges {
    const values = new Map<string, ParameterValue | undefined>();
    const problems: string[] = [];
    for (const descriptor of descriptors) {
      const { name, value } = descriptor;
      if (this.#declared.has(name)) throw new VoxhandError('USAGE', 'parameter declared twice', { found: name });
      const override = this.#overrides.get(name);
      const checked = override === undefined ? { value } : checkValue(descriptor, override);
      if ('problem' in checked) problems.push(checked.problem);
      else values.set(name, checked.value);
    }
    if (problems.length > 0) {
      throw new VoxhandError('CONFIG_INVALID', problems.join('; '), { where: 'ROS 2 parameters' });
    }
    this.#owners.add(onSet);
    for (const descriptor of descriptors) this.#declared.set(descriptor.name, { ...descriptor, onSet });
    this.#store(values);
    return values;
  }

  /** Names in order of declaration. */
  names(): readonly string[] {
    return [...this.#declared.keys()];
  }

  undeclaredOverrides(): readonly string[] {
    return [...this.#overrides.keys()].filter((name) => !this.#declared.has(name));
  }

  describe(name: string): ParameterDescriptor | undefined {
    return this.#declared.get(name);
  }

  get(name: string): ParameterValue | undefined {
    return this.#values.get(name);
  }

  /** All of the changes or none. What is refused says which parameter, what was found and what is allowed. */
  set(changes: ParameterChanges): SetResult {
    const checked = new Map<OnParameters, Map<string, ParameterValue | undefined>>();
    for (const [name, value] of changes) {
      const descriptor = this.#declared.get(name);
      if (descriptor === undefined) return refused(`there is no parameter ${name}${didYouMean(name, this.names())}`);
      if (descriptor.readOnly === true) return refused(`${name} can be given at start only`);
      const result = value === undefined ? { value: undefined } : checkValue(descriptor, value);
      if ('problem' in result) return refused(result.problem);
      const group = checked.get(descriptor.onSet) ?? new Map();
      checked.set(descriptor.onSet, group.set(name, result.value));
    }
    // the bus's own parameters were declared first and refuse nothing: they come last, so that it is all or none
    const also = new Map<string, ParameterValue | undefined>();
    for (const onSet of [...this.#owners].reverse()) {
      const group = checked.get(onSet);
      if (group === undefined) continue;
      const result = ask(onSet, group);
      if (!result.ok) return result;
      this.#store(group);
      this.#store(result.also ?? new Map());
      for (const [name, value] of result.also ?? []) also.set(name, value);
    }
    return { ok: true, ...(also.size > 0 && { also }) };
  }

  #store(values: ParameterChanges): void {
    for (const [name, value] of values) {
      if (value === undefined) this.#values.delete(name);
      else this.#values.set(name, value);
    }
  }
}

function ask(onSet: OnParameters, changes: ParameterChanges): SetResult {
  try {
    return onSet(changes);
  } catch (error) {
    return refused(inWords(error instanceof Error ? error.message : String(error)));
  }
}

function refused(reason: string): SetResult {
  return { ok: false, reason };
}

const SCALARS: Readonly<Record<string, (value: unknown) => boolean>> = {
  bool: (value) => typeof value === 'boolean',
  integer: (value) => Number.isSafeInteger(value),
  double: (value) => typeof value === 'number',
  string: (value) => typeof value === 'string',
};

/** An integer will do for a double, and an empty array for any: ROS 2's tools cannot tell them apart. */
export function checkValue(
  { name, type, range, constraints }: Pick<ParameterDescriptor, 'name' | 'type' | 'range' | 'constraints'>,
  value: ParameterValue,
): { readonly value: ParameterValue } | { readonly problem: string } {
  const element = type.replace('_array', '');
  const isArray = element !== type;
  const elements: readonly unknown[] = Array.isArray(value) ? value : [value];
  const allowed = `${words(type)}${range === undefined ? '' : ` from ${range.from} to ${range.to}`}${
    constraints === undefined ? '' : ` (${constraints})`
  }`;
  const problem = { problem: `${name}: expected ${allowed}, found ${JSON.stringify(value)}` };
  if (Array.isArray(value) !== isArray || !elements.every(SCALARS[element])) return problem;
  if (range !== undefined) {
    // not (a < b), because of NaN
    const inside = (elements as number[]).every((number) => number >= range.from && number <= range.to);
    if (!inside) return problem;
  }
  return { value };
}

function words(type: ParameterType): string {
  if (type.endsWith('_array')) return `an array of ${type.replace('_array', 's')}`;
  return type === 'integer' ? 'an integer' : `a ${type === 'bool' ? 'boolean' : type}`;
}
