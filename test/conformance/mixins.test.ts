import { mixinChecks } from '../../src/conformance/checks/mixins.ts';
import { mixinMutations } from './mutations/mixins.ts';
import { testRoom } from './room.ts';

testRoom('The checks of mixins', mixinChecks, mixinMutations);
