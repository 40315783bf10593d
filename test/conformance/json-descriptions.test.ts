import { jsonDescriptionChecks } from '../../src/conformance/checks/json-descriptions.ts';
import { jsonDescriptionMutations } from './mutations/json-descriptions.ts';
import { testRoom } from './room.ts';

testRoom('Checks of descriptions of attributes in JSON', jsonDescriptionChecks, jsonDescriptionMutations);
