import { infrastructureActionChecks } from '../../src/conformance/checks/infrastructure-actions.ts';
import { infrastructureActionMutations } from './mutations/infrastructure-actions.ts';
import { testRoom } from './room.ts';

testRoom('The checks of the actions of the infrastructure', infrastructureActionChecks, infrastructureActionMutations);
