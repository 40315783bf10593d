import { uriListChecks } from '../../src/conformance/checks/uri-list.ts';
import { uriListMutations } from './mutations/uri-list.ts';
import { testRoom } from './room.ts';

testRoom('Checks of URI lists', uriListChecks, uriListMutations);
