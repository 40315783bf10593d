import type { AddressInfo } from 'node:net';
import { connect as connectTo, createServer, type Server } from 'node:net';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type Client, connect } from '../../src/client/index.ts';
import { type ServedGateway, serveGateway } from './served-gateway.ts';

/** Goes between, and swallows the answers to requests of a kind, as often as it is told to. */
class Between {
  readonly #server: Server;
  swallow = { method: '', times: 0 };
  swallowed = 0;

  constructor(port: number) {
    this.#server = createServer((near) => {
      const far = connectTo(port, '127.0.0.1');
      let lose = false;
      near.on('data', (piece) => {
        if (this.swallow.times > 0 && piece.toString('latin1').startsWith(this.swallow.method)) {
          this.swallow.times -= 1;
          lose = true;
        }
        far.write(piece);
      });
      far.on('data', (piece) => {
        if (lose) {
          this.swallowed += 1;
          near.destroy();
        } else near.write(piece);
      });
      near.on('close', () => far.destroy());
      far.on('close', () => near.destroy());
      near.on('error', () => far.destroy());
      far.on('error', () => near.destroy());
    });
  }

  async listen(): Promise<string> {
    await new Promise<void>((resolve) => this.#server.listen(0, '127.0.0.1', resolve));
    return `http://127.0.0.1:${(this.#server.address() as AddressInfo).port}`;
  }

  close(): void {
    this.#server.close();
  }
}

describe('answers of the gateway that get lost', () => {
  let gateway: ServedGateway;
  let between: Between;
  let client: Client;
  beforeAll(async () => {
    gateway = await serveGateway();
    between = new Between(Number(new URL(gateway.url).port));
    client = await connect({ endpoint: await between.listen(), pauseMs: 1 });
  });
  afterAll(async () => {
    client.close();
    between.close();
    await gateway.close();
  });

  it('are asked for again where something was created under an id of its own, and it exists once', async () => {
    between.swallow = { method: 'POST', times: 2 };
    const attributes = { 'occi.core.id': '77e5988e-528e-4e1e-925e-1b22714463f7' };
    const url = await client.create({ kind: 'network', attributes });
    expect(between.swallowed).toBe(2);
    expect(await client.list('network')).toEqual([url]);
  });

  it('are asked for again where something was put in its place', async () => {
    between.swallow = { method: 'PUT', times: 1 };
    const url = await client.create({ kind: 'network', at: '/network/here' });
    expect((await client.describe(url)).location).toBe('/network/here');
  });

  it('are not asked for again otherwise', async () => {
    const before = await client.list('network');
    between.swallow = { method: 'POST', times: 1 };
    await expect(client.create({ kind: 'network' })).rejects.toMatchObject({ kind: 'lost' });
    expect((await client.list('network')).length).toBe(before.length + 1);
  });
});
