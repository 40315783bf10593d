import { infrastructureMixinChecks } from '../../src/conformance/checks/infrastructure-mixins.ts';
import { infrastructureMixinMutations } from './mutations/infrastructure-mixins.ts';
import { testRoom } from './room.ts';

testRoom('The checks of the mixins of the infrastructure', infrastructureMixinChecks, infrastructureMixinMutations);
