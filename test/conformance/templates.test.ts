import { templateChecks } from '../../src/conformance/checks/templates.ts';
import { templateMutations } from './mutations/templates.ts';
import { testRoom } from './room.ts';

testRoom('The checks of templates', templateChecks, templateMutations);
