import { mixinCollectionChecks } from '../../src/conformance/checks/mixin-collections.ts';
import { mixinCollectionMutations } from './mutations/mixin-collections.ts';
import { testRoom } from './room.ts';

testRoom('The checks of collections of mixins', mixinCollectionChecks, mixinCollectionMutations);
