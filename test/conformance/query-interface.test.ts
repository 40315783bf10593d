import { queryInterfaceChecks } from '../../src/conformance/checks/query-interface.ts';
import { queryInterfaceMutations } from './mutations/query-interface.ts';
import { testRoom } from './room.ts';

testRoom('The checks of the query interface', queryInterfaceChecks, queryInterfaceMutations);
