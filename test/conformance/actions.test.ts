import { actionChecks } from '../../src/conformance/checks/actions.ts';
import { actionMutations } from './mutations/actions.ts';
import { testRoom } from './room.ts';

testRoom('The checks of actions', actionChecks, actionMutations);
