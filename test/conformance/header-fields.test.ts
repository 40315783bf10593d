import { headerChecks } from '../../src/conformance/checks/header-fields.ts';
import { headerMutations } from './mutations/header-fields.ts';
import { testRoom } from './room.ts';

testRoom('Checks of the header rendering', headerChecks, headerMutations);
