import { jsonRequestChecks } from '../../src/conformance/checks/json-requests.ts';
import { jsonRequestMutations } from './mutations/json-requests.ts';
import { testRoom } from './room.ts';

testRoom('Checks of requests in JSON', jsonRequestChecks, jsonRequestMutations);
