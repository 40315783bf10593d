import { parseDocument } from 'yaml';
import { z } from 'zod';
import type { Model } from '../../occi/model.ts';
import { type Allotment, QuotaError, Quotas } from './quotas.ts';

const mistake = 'must be a number from 0, or unlimited';
const amount = z.union(
  [z.number().min(0, mistake), z.literal('unlimited').transform(() => Number.POSITIVE_INFINITY)],
  mistake,
);
const amounts = z.record(z.string(), amount, 'must be a mapping of names to numbers').nullish();
const quotaFile = z
  .strictObject({
    default: amounts,
    projects: z.record(z.string(), amounts, 'must be a mapping of projects to what they may use').nullish(),
  })
  .nullable();

/**
 * Reads a quota file: a YAML mapping with what each project may use under `default`, and what is different for some
 * under `projects`.
 *
 * @param name what the file is called in messages
 * @param hasObjects see {@link Quotas}
 * @throws QuotaError with a line for each mistake
 */
export function readQuotas(text: string, name: string, model: Model, hasObjects = false): Quotas {
  try {
    return new Quotas(model, allotmentIn(text), hasObjects);
  } catch (error) {
    if (!(error instanceof QuotaError)) throw error;
    throw new QuotaError(error.mistakes.map((mistake) => `${name}: ${mistake}`));
  }
}

function allotmentIn(text: string): Allotment {
  const document = parseDocument(text);
  const problems = [...document.errors, ...document.warnings];
  // Without the excerpt of the file that comes with it.
  if (problems.length > 0)
    throw new QuotaError(problems.map(({ message }) => (message.split('\n')[0] ?? '').replace(/:$/, '')));
  const result = quotaFile.safeParse(document.toJS({ maxAliasCount: 100 }));
  if (!result.success) {
    throw new QuotaError(result.error.issues.map(({ path, message }) => [...path.map(String), message].join(': ')));
  }
  const { default: usual, projects } = result.data ?? {};
  const own = Object.entries(projects ?? {}).map(([project, amounts]) => [project, amounts ?? {}] as const);
  return { default: usual ?? {}, projects: Object.fromEntries(own) };
}
