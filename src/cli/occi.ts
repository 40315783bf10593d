#!/usr/bin/env node
import { surviveClosedPipes } from './closed-pipes.ts';
import { exitCodes } from './occi/exit-code.ts';
import { runOcci } from './occi/run.ts';

const args = process.argv.slice(2);
// Others see command lines, and there may be a password in this one.
process.title = 'occi';
surviveClosedPipes('occi', exitCodes.refused);
process.exitCode = await runOcci(args);
