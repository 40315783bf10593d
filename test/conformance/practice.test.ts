import { practiceChecks } from '../../src/conformance/checks/practice.ts';
import { practiceMutations } from './mutations/practice.ts';
import { testRoom } from './room.ts';

testRoom('The checks of what no document states', practiceChecks, practiceMutations);
