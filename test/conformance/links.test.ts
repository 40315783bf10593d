import { linkChecks } from '../../src/conformance/checks/links.ts';
import { linkMutations } from './mutations/links.ts';
import { testRoom } from './room.ts';

testRoom('The checks of links', linkChecks, linkMutations);
