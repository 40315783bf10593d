import { resourceLinkChecks } from '../../src/conformance/checks/resource-links.ts';
import { resourceLinkMutations } from './mutations/resource-links.ts';
import { testRoom } from './room.ts';

testRoom('The checks of resources and their links', resourceLinkChecks, resourceLinkMutations);
