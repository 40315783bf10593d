import { mutabilityChecks } from '../../src/conformance/checks/mutability.ts';
import { mutabilityMutations } from './mutations/mutability.ts';
import { testRoom } from './room.ts';

testRoom('The checks of mutability', mutabilityChecks, mutabilityMutations);
