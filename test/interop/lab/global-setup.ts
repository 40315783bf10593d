import { once } from 'node:events';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import type { TestProject } from 'vitest/node';
import { ensurePackages, LabUnavailable } from './packages.ts';
import { type RabbitMq, startRabbitMq } from './rabbitmq.ts';

declare module 'vitest' {
  interface ProvidedContext {
    /** Where test files ask for what the whole run shares; see `shared.ts`. */
    readonly lab: string;
  }
}

/**
 * What all test files of a run share. It lives in the process that runs the test files' processes, and does nothing
 * until one of them asks: a run that needs no server starts none and installs nothing.
 *
 * @returns what tidies up, and says loudly what could not be tested
 */
export async function setup(project: TestProject): Promise<() => Promise<void>> {
  let broker: Promise<RabbitMq> | undefined;
  const missing = new Set<string>();

  const server = createServer(async (request, response) => {
    const { pathname, searchParams } = new URL(request.url ?? '', 'http://lab');
    try {
      if (pathname === '/packages') {
        await ensurePackages(searchParams.getAll('name'));
        response.end();
      } else {
        broker ??= startRabbitMq();
        // Topics and queues have fixed names, so that those who share a virtual host would get each other's messages.
        response.end(await (await broker).virtualHost());
      }
    } catch (error) {
      const reason = (error as Error).message;
      if (error instanceof LabUnavailable) missing.add(reason);
      response.writeHead(error instanceof LabUnavailable ? 503 : 500).end(reason);
    }
  }).listen(0, '127.0.0.1');
  await once(server, 'listening');
  project.provide('lab', `http://127.0.0.1:${(server.address() as AddressInfo).port}`);

  return async () => {
    server.close();
    await (await broker?.catch(() => undefined))?.stop();
    if (missing.size > 0) process.stderr.write(warning(missing));
  };
}

function warning(missing: ReadonlySet<string>): string {
  const rule = '='.repeat(100);
  const reasons = [...missing].map((reason) => `  ${reason}`).join('\n');
  return `\n${rule}\nINTEROP TESTS COULD NOT BE MADE: what they need is not on this machine and cannot be installed.\n${reasons}\n${rule}\n`;
}
