import { jsonCategoryChecks } from '../../src/conformance/checks/json-categories.ts';
import { jsonCategoryMutations } from './mutations/json-categories.ts';
import { testRoom } from './room.ts';

testRoom('Checks of categories in JSON', jsonCategoryChecks, jsonCategoryMutations);
