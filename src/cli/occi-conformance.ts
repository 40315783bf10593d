#!/usr/bin/env node
import { surviveClosedPipes } from './closed-pipes.ts';
import { exitCodes } from './occi-conformance/exit-code.ts';
import { runConformance } from './occi-conformance/run.ts';

const args = process.argv.slice(2);
// Others see command lines, and there may be a password in this one.
process.title = 'occi-conformance';
surviveClosedPipes('occi-conformance', exitCodes.broken);
process.exitCode = await runConformance(args);
