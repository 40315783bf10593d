import { oneOneSyntaxChecks } from '../../src/conformance/checks/one-one-syntax.ts';
import { oneOneSyntaxMutations } from './mutations/one-one-syntax.ts';
import { testRoom } from './room.ts';

testRoom('The checks of the syntax of 1.1', oneOneSyntaxChecks, oneOneSyntaxMutations);
