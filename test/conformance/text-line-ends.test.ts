import { textLineEndChecks } from '../../src/conformance/checks/text-line-ends.ts';
import { textLineEndMutations } from './mutations/text-line-ends.ts';
import { testRoom } from './room.ts';

testRoom('Checks of the ends of lines', textLineEndChecks, textLineEndMutations, { lineEnds: 'crlf' });
