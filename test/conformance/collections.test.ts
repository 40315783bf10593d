import { collectionChecks } from '../../src/conformance/checks/collections.ts';
import { collectionMutations } from './mutations/collections.ts';
import { testRoom } from './room.ts';

testRoom('The checks of locations and collections', collectionChecks, collectionMutations);
