#!/usr/bin/env node
import { runOcci } from './occi/run.ts';

// Whoever reads the output may have seen enough.
process.stdout.on('error', () => process.exit());

process.exitCode = await runOcci(process.argv.slice(2));
