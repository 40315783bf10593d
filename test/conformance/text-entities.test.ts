import { textEntityChecks } from '../../src/conformance/checks/text-entities.ts';
import { textEntityMutations } from './mutations/text-entities.ts';
import { testRoom } from './room.ts';

testRoom('Checks of entities in text', textEntityChecks, textEntityMutations);
