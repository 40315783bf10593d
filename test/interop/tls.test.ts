import { readFile } from 'node:fs/promises';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { openAmqpTransport } from '../../src/messaging/amqp-transport.ts';
import { temporaryDirectory } from '../server/command.ts';
import { type Certificates, makeCertificates } from './lab/certificates.ts';
import { type RabbitMq, startRabbitMq } from './lab/rabbitmq.ts';
import { describeWith } from './lab/shared.ts';

const describeWithRabbitMq = await describeWith('rabbitmq-server', 'openssl');

describeWithRabbitMq('a broker that speaks TLS with those who have a certificate', () => {
  const directory = temporaryDirectory();
  let certificates: Certificates;
  let broker: RabbitMq;
  const pem = (file: string) => readFile(file, 'utf8');
  beforeAll(async () => {
    certificates = await makeCertificates(directory.path);
    broker = await startRabbitMq({ tls: certificates });
  });
  afterAll(async () => {
    await broker?.stop();
    directory.remove();
  });

  it('is spoken with when both sides trust each other', async () => {
    const tls = {
      ca: await pem(certificates.ca),
      cert: await pem(certificates.clientCert),
      key: await pem(certificates.clientKey),
    };
    const transport = await openAmqpTransport({ url: broker.url, tls });
    const target = { topic: 'compute', server: 'node1' };
    await transport.serve(target, async () => 'here');
    expect(await transport.call(target, { method: 'x', args: {} }, { timeoutMs: 10_000 })).toBe('here');
    await transport.close();
  });

  it('is away for who has no certificate, or does not know its authority; the log never tells the password', async () => {
    const ca = await pem(certificates.ca);
    for (const tls of [{ ca }, { cert: await pem(certificates.clientCert), key: await pem(certificates.clientKey) }]) {
      const said: string[] = [];
      const url = broker.url.replace('guest:guest', 'guest:secret');
      const transport = await openAmqpTransport({
        url,
        tls,
        log: (message, detail) => said.push(`${message} ${JSON.stringify(detail)}`),
      });
      await expect(transport.health()).rejects.toThrow('the message broker is away');
      expect(said.join('\n')).toMatch(/cannot be reached.*amqps:\/\/guest:\*\*\*@127/);
      expect(said.join('\n')).not.toContain('secret');
      await transport.close();
    }
  });
});
