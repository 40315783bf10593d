import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';

/** The token that it knows. */
export const knownToken = 'gAAAAAB-a-token-for-the-benchmark';

/** As much of Keystone as the gateway asks: who a token stands for. */
export async function startKeystone(project: string): Promise<{ readonly url: string; stop(): void }> {
  const server = createServer((_request, response) => {
    const token = {
      user: { id: 'bench', name: 'bench', domain: { id: 'default', name: 'Default' } },
      project: { id: project, name: project, domain: { id: 'default', name: 'Default' } },
      roles: [{ id: 'member', name: 'member' }],
      methods: ['token'],
      issued_at: new Date().toISOString(),
      expires_at: new Date(Date.now() + 3_600_000).toISOString(),
    };
    response.writeHead(200, { 'Content-Type': 'application/json', 'X-Subject-Token': knownToken });
    response.end(JSON.stringify({ token }));
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as AddressInfo;
  return { url: `http://127.0.0.1:${port}/v3`, stop: () => server.close() };
}
