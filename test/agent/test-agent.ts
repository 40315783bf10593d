import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, onTestFinished } from 'vitest';
import { Workshop, type WorkshopOptions } from './workshop.ts';

/** A directory that is removed when the test is over. For tests and `beforeEach`. */
export function testDirectory(): string {
  const directory = mkdtempSync(join(tmpdir(), 'agent-'));
  onTestFinished(() => rmSync(directory, { recursive: true }));
  return directory;
}

/** An agent that is closed when the test is over, and must have no faults to report. For tests and `beforeEach`. */
export async function testAgent(options: WorkshopOptions = {}): Promise<Workshop> {
  const agent = await Workshop.open(options);
  onTestFinished(async () => {
    await agent.close();
    expect(agent.faults).toEqual([]);
  });
  return agent;
}
