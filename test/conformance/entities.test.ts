import { entityChecks } from '../../src/conformance/checks/entities.ts';
import { entityMutations } from './mutations/entities.ts';
import { testRoom } from './room.ts';

testRoom('The checks of entities', entityChecks, entityMutations);
