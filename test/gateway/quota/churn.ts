import { expect } from 'vitest';
import type { RunningGateway } from '../../server/command.ts';

const json = { accept: 'application/occi+json', 'content-type': 'application/occi+json' };
const network = JSON.stringify({ kind: 'http://schemas.ogf.org/occi/infrastructure#network' });

/** How many networks the clients of {@link churn} may have. */
export const networkLimit = 10;

/** Asks for a network. */
export function createNetwork({ url }: RunningGateway): Promise<Response> {
  return fetch(`${url}/network/`, { method: 'POST', headers: json, body: network });
}

/**
 * Sixteen clients that make networks, and delete some of them, until their gateway is gone.
 *
 * @param step is told of every answer
 */
export async function churn(gateways: readonly RunningGateway[], step: () => void): Promise<void> {
  await Promise.all(
    Array.from({ length: 16 }, async (_, client) => {
      const gateway = gateways[client % gateways.length] as RunningGateway;
      try {
        for (let i = 0; i < 1_000; i++) {
          const made = await createNetwork(gateway);
          await made.text();
          expect([201, 403]).toContain(made.status);
          step();
          const mine = made.headers.get('location');
          if (mine !== null && i % 3 > 0) await (await fetch(mine, { method: 'DELETE' })).text();
          // There is to be room again.
          if (made.status === 403) await deleteOne(gateway);
        }
      } catch (error) {
        // So fetch says that nobody answers.
        if (!(error instanceof TypeError)) throw error;
      }
    }),
  );
}

async function deleteOne(gateway: RunningGateway): Promise<void> {
  const [one] = await networks(gateway);
  if (one !== undefined) await (await fetch(one, { method: 'DELETE' })).text();
}

/** The URLs of all networks. */
export async function networks({ url }: RunningGateway): Promise<readonly string[]> {
  const text = await (await fetch(`${url}/network/`, { headers: { accept: 'text/uri-list' } })).text();
  return text.split(/\r?\n/).filter((line) => line.startsWith('http'));
}

/** How the quota of networks stands. */
export async function ofNetworks({ url }: RunningGateway): Promise<{ readonly used: number; readonly limit: number }> {
  const { resources } = (await (await fetch(`${url}/-/quota`, { headers: json })).json()) as {
    readonly resources: readonly { readonly name: string; readonly used: number; readonly limit: number }[];
  };
  const found = resources.find(({ name }) => name === 'network');
  if (found === undefined) throw new Error('networks are not among the resources');
  return found;
}

/** Counts what is there, and takes the rest of what may be had. */
export async function expectUsageIsTrue(gateway: RunningGateway): Promise<void> {
  const present = (await networks(gateway)).length;
  expect((await ofNetworks(gateway)).used).toBe(present);
  expect(present).toBeLessThanOrEqual(networkLimit);
  const answers = await Promise.all(Array.from({ length: 64 }, () => createNetwork(gateway)));
  expect(answers.filter(({ status }) => status === 201)).toHaveLength(networkLimit - present);
  expect(answers.filter(({ status }) => status === 403)).toHaveLength(64 - networkLimit + present);
  expect((await ofNetworks(gateway)).used).toBe(networkLimit);
  for (const one of await networks(gateway)) await (await fetch(one, { method: 'DELETE' })).text();
  expect((await ofNetworks(gateway)).used).toBe(0);
}
