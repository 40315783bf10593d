import { textCategoryChecks } from '../../src/conformance/checks/text-categories.ts';
import { textCategoryMutations } from './mutations/text-categories.ts';
import { testRoom } from './room.ts';

testRoom('Checks of categories in text', textCategoryChecks, textCategoryMutations);
