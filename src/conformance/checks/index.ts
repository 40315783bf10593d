import type { Check } from '../check.ts';
import { queryInterfaceChecks } from './query-interface.ts';
import { textCategoryChecks } from './text-categories.ts';

/** All checks, in the order in which they are made. */
export const checks: readonly Check[] = [...queryInterfaceChecks, ...textCategoryChecks];
