import type { Check } from '../check.ts';
import { identityChecks } from './identity.ts';
import { linkChecks } from './links.ts';
import { modelChecks } from './model.ts';
import { mutabilityChecks } from './mutability.ts';
import { queryInterfaceChecks } from './query-interface.ts';
import { textCategoryChecks } from './text-categories.ts';
import { textEntityChecks } from './text-entities.ts';
import { textLineEndChecks } from './text-line-ends.ts';
import { textLinkChecks } from './text-links.ts';

/** All checks, in the order in which they are made. */
export const checks: readonly Check[] = [
  ...queryInterfaceChecks,
  ...textCategoryChecks,
  ...textEntityChecks,
  ...textLinkChecks,
  ...textLineEndChecks,
  ...identityChecks,
  ...linkChecks,
  ...modelChecks,
  ...mutabilityChecks,
];
