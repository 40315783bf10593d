import { textPlainChecks } from '../../src/conformance/checks/text-plain.ts';
import { textPlainMutations } from './mutations/text-plain.ts';
import { testRoom } from './room.ts';

testRoom('Checks of the plain rendering', textPlainChecks, textPlainMutations);
