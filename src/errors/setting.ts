import { z } from 'zod';
import { settingProblems, toFileName } from './file-keys.js';
import { VoxhandError } from './voxhand-error.js';

/** A setting that a running node may be given a new value of; it takes effect between two frames. */
export function live<S extends z.ZodType>(description: string, schema: S, unit?: string): S {
  return schema.meta({ description, runtime: true, ...(unit !== undefined && { unit }) });
}

/** A setting that decides what is loaded, opened or subscribed to: it is read once, when a tracker or node is set up. */
export function fixed<S extends z.ZodType>(description: string, schema: S, unit?: string): S {
  return schema.meta({ description, runtime: false, ...(unit !== undefined && { unit }) });
}

/** From 0 to 1. */
export const share = (fallback: number) => z.number().min(0).max(1).default(fallback);

/** A length of more than 0, up to 10 m. */
export const metres = (fallback: number) => z.number().positive().max(10).default(fallback);

/** The parts of a JSON schema that settings use, with what `live` and `fixed` say of them. */
export interface SettingSchema {
  readonly type?: string;
  readonly properties?: Readonly<Record<string, SettingSchema>>;
  /** Of what stands under names that a user chooses. */
  readonly additionalProperties?: SettingSchema | boolean;
  readonly items?: SettingSchema;
  readonly prefixItems?: readonly SettingSchema[];
  readonly enum?: readonly string[];
  readonly minimum?: number;
  readonly maximum?: number;
  readonly exclusiveMinimum?: number;
  readonly description?: string;
  readonly unit?: string;
  readonly runtime?: boolean;
}

/** Stands in a setting's name for one that a user chooses: `cameras.<name>.depth`. */
export const ANY_NAME = '<name>';

/**
 * Each setting of a schema by its name in a file (`heat_maps.n`), its path in code and its own schema; in the schema's order. Settings of
 * things that a user names stand there once, under {@link ANY_NAME}.
 */
export function settingsOf(schema: z.ZodType) {
  const leaves = (inner: SettingSchema, path: readonly string[]): [string, readonly string[], SettingSchema][] => {
    const { properties, additionalProperties: named } = inner;
    if (properties !== undefined)
      return Object.entries(properties).flatMap(([key, next]) => leaves(next, [...path, key]));
    return typeof named === 'object' ? leaves(named, [...path, ANY_NAME]) : [[toFileName(path), path, inner]];
  };
  return leaves(z.toJSONSchema(schema, { io: 'input' }) as SettingSchema, []);
}

/**
 * Settings with every default filled in.
 *
 * @throws VoxhandError `CONFIG_INVALID` that names each key that is unknown or out of range, in the spelling of a file
 */
export function parseSettings<S extends z.ZodType>(schema: S, settings: z.input<S>, where: string): z.output<S> {
  const parsed = schema.safeParse(settings, { reportInput: true });
  if (parsed.success) return parsed.data;
  const known = settingsOf(schema).flatMap(([name]) => (name.includes(ANY_NAME) ? [] : [name]));
  throw new VoxhandError('CONFIG_INVALID', settingProblems(parsed.error.issues, known).join('; '), { where });
}
