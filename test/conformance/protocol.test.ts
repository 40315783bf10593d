import { protocolChecks } from '../../src/conformance/checks/protocol.ts';
import { protocolMutations } from './mutations/protocol.ts';
import { testRoom } from './room.ts';

testRoom('The checks of header fields and status codes', protocolChecks, protocolMutations);
