import { jsonCollectionChecks } from '../../src/conformance/checks/json-collections.ts';
import { jsonCollectionMutations } from './mutations/json-collections.ts';
import { testRoom } from './room.ts';

testRoom('Checks of collections in JSON', jsonCollectionChecks, jsonCollectionMutations);
