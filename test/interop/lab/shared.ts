import { describe, inject } from 'vitest';
import { LabUnavailable } from './packages.ts';

/**
 * `describe` for tests that need Debian packages, which are installed when missing. Where they cannot be, the tests
 * count as skipped and the run says so at its end.
 *
 * ```ts
 * const describeWithRabbitMq = await describeWith('rabbitmq-server');
 * ```
 */
export async function describeWith(...packages: readonly string[]): Promise<typeof describe | typeof describe.skip> {
  try {
    await needPackages(...packages);
    return describe;
  } catch (error) {
    if (error instanceof LabUnavailable) return describe.skip;
    throw error;
  }
}

/**
 * Installs Debian packages when they are missing, for tests that are not to be skipped.
 *
 * @throws LabUnavailable where they cannot be had
 */
export async function needPackages(...packages: readonly string[]): Promise<void> {
  await ask(`/packages?${new URLSearchParams(packages.map((name) => ['name', name]))}`);
}

/**
 * The URL of a virtual host of one's own on the broker that all test files of the run share; the first to ask starts
 * it. It is for tests that leave the broker alone: whoever wants to kill one starts one with `startRabbitMq`.
 */
export function sharedRabbitMq(): Promise<string> {
  return ask('/virtual-host');
}

async function ask(what: string): Promise<string> {
  const response = await fetch(new URL(what, inject('lab')));
  const text = await response.text();
  if (response.ok) return text;
  throw response.status === 503 ? new LabUnavailable(text) : new Error(text);
}
