import { textCollectionChecks } from '../../src/conformance/checks/text-collections.ts';
import { textCollectionMutations } from './mutations/text-collections.ts';
import { testRoom } from './room.ts';

testRoom('Checks of collections in text', textCollectionChecks, textCollectionMutations);
