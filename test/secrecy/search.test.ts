import { describe, expect, it } from 'vitest';
import { search } from './search.ts';

const log = (text: string) => [{ file: 'gateway', text: Buffer.from(text) }];
const begins = (text: string, ...secrets: readonly string[]) =>
  search(log(text), secrets).finds.map((find) => find.begins);

describe('the search for secrets in logs', () => {
  it('tells file, line and no more of a secret than says which it is', () => {
    const { finds } = search(log('{"msg":"a"}\n{"msg":"b"}\n{"path":"/?t=right-token-5d1f"}\n'), ['right-token-5d1f']);
    expect(finds).toEqual([{ begins: 'right-', file: 'gateway', line: 3 }]);
  });

  it('counts what it has searched, and for how many secrets', () => {
    const logs = ['one\ntwo\n', 'three\n'].map((text, file) => ({ file: `${file}`, text: Buffer.from(text) }));
    const secrets = ['long enough', 'long enough', 'of no use', 'short', 'password'];
    expect(search(logs, secrets)).toEqual({ files: 2, lines: 3, secrets: 2, plain: 2, finds: [] });
  });

  it.each([
    ['as it is', 'x pass "wörd" y'],
    ['in JSON', JSON.stringify({ header: 'pass "wörd"' })],
    ['in a URL', `/?p=${encodeURIComponent('pass "wörd"')}`],
    ['in base64', btoa(String.fromCharCode(...Buffer.from('pass "wörd"')))],
    ['at the end, without a line end', 'pass "wörd"'],
  ])('finds a password %s', (_, text) => {
    expect(begins(text, 'pass "wörd"')).toHaveLength(1);
    expect(begins(text.slice(0, -3), 'pass "wörd"')).toEqual([]);
  });

  it('finds each of many, wherever it is', () => {
    const secrets = Array.from({ length: 500 }, (_, index) => `secret-number-${index}.`);
    const text = `${secrets.join('\n')}\n`;
    expect(search(log(text), secrets).finds.map(({ line }) => line)).toEqual(secrets.map((_, index) => index + 1));
  });

  it.each([
    ['a JSON Web Token', 'token eyJhbGciOiJFUzI1NiJ9.eyJzdWIiOiJ1MSJ9.c2lnbmF0dXJl sent'],
    ['a token of Keystone', '"gAAAAABnK1c0m5hYp2Qw9v-x_T3uE8zR"'],
    ['a private key', '-----BEGIN EC PRIVATE KEY-----\\nMHc'],
    ['a private key in PKCS #8', '-----BEGIN PRIVATE KEY-----'],
    ['a password in a URL', 'connecting to amqp://guest:guest@127.0.0.1:35672'],
    ['the hash of a password', 'anna:$scrypt$ln=15,r=8,p=3$c2FsdA$aGFzaA:lab:'],
  ])('knows %s by its form', (_, text) => {
    expect(begins(text)).toHaveLength(1);
  });

  it.each([
    ['a URL without a password', 'amqp://guest@127.0.0.1:5672/%2F http://h:8080/a@b'],
    ['a URL whose password is hidden', 'amqp://guest:***@127.0.0.1:5672'],
    ['the default for the broker', 'RabbitMQ (default amqp://guest:guest@127.0.0.1:5672)'],
    ['a certificate', '-----BEGIN CERTIFICATE-----'],
    ['a challenge', `Basic realm="OCCI", Keystone uri='http://127.0.0.1:5000/v3'`],
  ])('leaves %s alone', (_, text) => {
    expect(begins(text)).toEqual([]);
  });
});
