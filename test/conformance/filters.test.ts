import { filterChecks } from '../../src/conformance/checks/filters.ts';
import { filterMutations } from './mutations/filters.ts';
import { testRoom } from './room.ts';

testRoom('The checks of filters', filterChecks, filterMutations);
