import { jsonEntityChecks } from '../../src/conformance/checks/json-entities.ts';
import { jsonEntityMutations } from './mutations/json-entities.ts';
import { testRoom } from './room.ts';

testRoom('Checks of entities in JSON', jsonEntityChecks, jsonEntityMutations);
