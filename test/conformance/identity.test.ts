import { identityChecks } from '../../src/conformance/checks/identity.ts';
import { identityMutations } from './mutations/identity.ts';
import { testRoom } from './room.ts';

testRoom('The checks of identity', identityChecks, identityMutations);
