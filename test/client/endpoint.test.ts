import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { connect } from '../../src/client/index.ts';
import { examine } from '../../src/conformance/index.ts';

describe.each([
  ['connect', connect],
  ['examine', examine],
])('the endpoint of %s', (_, open) => {
  let host: string;
  let asked = 0;
  const server = createServer((_request, response) => {
    asked += 1;
    response.writeHead(401).end();
  });
  beforeAll(async () => {
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    host = `127.0.0.1:${(server.address() as AddressInfo).port}`;
  });
  afterAll(() => void server.close());

  it.each(['anna:pass-c41f@', 'anna@', ':pass-c41f@'])(
    'must not have credentials in it, and the error names the option and not the password: %s',
    async (userinfo) => {
      const error = await open({ endpoint: `http://${userinfo}${host}/` }).catch((thrown: unknown) => thrown);
      expect(error).toMatchObject({
        name: 'ClientError',
        kind: 'unreachable',
        message:
          "the endpoint has credentials in it; say them with the option credentials: { method: 'basic', username, password }",
      });
      expect(JSON.stringify(error)).not.toContain('pass-c41f');
      expect(asked).toBe(0);
    },
  );

  it.each(['127.0.0.1:3000', 'anna:pass-c41f@cloud.test', 'ftp://anna:pass-c41f@cloud.test', 'http://'])(
    'has to be a URL, and is not shown when it is none: %s',
    async (endpoint) => {
      await expect(open({ endpoint })).rejects.toMatchObject({
        message: 'the endpoint is no URL; write https://cloud.example.org:11443, say',
      });
    },
  );
});
