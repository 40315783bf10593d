import { infrastructureTypeChecks } from '../../src/conformance/checks/infrastructure-types.ts';
import { infrastructureTypeMutations } from './mutations/infrastructure-types.ts';
import { testRoom } from './room.ts';

testRoom('The checks of the types of the infrastructure', infrastructureTypeChecks, infrastructureTypeMutations);
