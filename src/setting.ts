import { z } from 'zod';

/** One setting: an environment variable, what it must be, and what it means. `docs/configuration.md` is made of these. */
export interface Setting {
  readonly variable: string;
  readonly schema: z.ZodType;
  /** The default as an operator would write it; none where the setting is off without a value. */
  readonly default?: string;
  readonly meaning: string;
}

/** Declares a setting, and keeps the type of its value. */
export function setting<S extends z.ZodType>(
  variable: string,
  schema: S,
  fallback: string | undefined,
  meaning: string,
): Setting & { readonly schema: S } {
  return { variable, schema, meaning, ...(fallback === undefined ? {} : { default: fallback }) };
}

/** A whole number, both bounds included. */
export const wholeNumber = (minimum: number, maximum: number) =>
  z
    .string()
    .regex(/^[0-9]{1,15}$/, 'must be a whole number')
    .transform(Number)
    .refine((value) => value >= minimum && value <= maximum, `must be from ${minimum} to ${maximum}`);

/** The path of a file or directory, or another text that is not empty. */
export const path = z.string().min(1, 'must not be empty');

/** Yes or no. */
export const yesNo = z.enum(['true', 'false', '1', '0', 'yes', 'no'], 'must be true or false').transform((value) => {
  return value === 'true' || value === '1' || value === 'yes';
});
