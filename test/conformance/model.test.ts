import { modelChecks } from '../../src/conformance/checks/model.ts';
import { modelMutations } from './mutations/model.ts';
import { testRoom } from './room.ts';

testRoom('The checks of the model', modelChecks, modelMutations);
