import { negotiationChecks } from '../../src/conformance/checks/negotiation.ts';
import { negotiationMutations } from './mutations/negotiation.ts';
import { testRoom } from './room.ts';

testRoom('The checks of negotiation', negotiationChecks, negotiationMutations);
