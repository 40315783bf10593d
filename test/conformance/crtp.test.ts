import { crtpChecks } from '../../src/conformance/checks/crtp.ts';
import { crtpMutations } from './mutations/crtp.ts';
import { testRoom } from './room.ts';

testRoom('The checks of the profile of templates', crtpChecks, crtpMutations);
