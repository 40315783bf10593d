import { textRequestChecks } from '../../src/conformance/checks/text-requests.ts';
import { textRequestMutations } from './mutations/text-requests.ts';
import { testRoom } from './room.ts';

testRoom('Checks of requests in text', textRequestChecks, textRequestMutations);
