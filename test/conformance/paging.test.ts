import { pagingChecks } from '../../src/conformance/checks/paging.ts';
import { pagingMutations } from './mutations/paging.ts';
import { testRoom } from './room.ts';

testRoom('The checks of pages', pagingChecks, pagingMutations);
