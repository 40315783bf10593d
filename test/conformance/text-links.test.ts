import { textLinkChecks } from '../../src/conformance/checks/text-links.ts';
import { textLinkMutations } from './mutations/text-links.ts';
import { testRoom } from './room.ts';

testRoom('Checks of links in text', textLinkChecks, textLinkMutations);
