import { modelChecks } from '../../src/conformance/checks/model.ts';
import { modelAttributeChecks } from '../../src/conformance/checks/model-attributes.ts';
import { modelKindChecks } from '../../src/conformance/checks/model-kinds.ts';
import { modelMutations } from './mutations/model.ts';
import { testRoom } from './room.ts';

testRoom('The checks of the model', [...modelChecks, ...modelKindChecks, ...modelAttributeChecks], modelMutations);
