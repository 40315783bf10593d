import { execFile } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { describe, expect, it } from 'vitest';
import { serveGateway } from './served-gateway.ts';

const library = new URL('../../src/client/index.ts', import.meta.url).href;
const page = readFileSync(new URL('../../docs/client.md', import.meta.url), 'utf8');

describe('the example in docs/client.md', () => {
  it('runs as it stands there', async () => {
    const gateway = await serveGateway({ fakeDelayMs: 20 });
    const directory = mkdtempSync(join(tmpdir(), 'occi-example-'));
    const example = /```ts\n(import .*?)```/s.exec(page)?.[1] ?? '';
    const file = join(directory, 'example.ts');
    writeFileSync(file, example.replace('occi-gateway/client', library).replace('http://127.0.0.1:3000', gateway.url));
    const { stdout } = await promisify(execFile)(process.execPath, [file]);
    expect(stdout).toMatch(
      /^(?:inactive\n)*active\n\[\n? *'http:\/\/127\.0\.0\.1:[0-9]+\/compute\/[0-9a-f-]+'\n?\]\n$/,
    );
    rmSync(directory, { recursive: true });
    await gateway.close();
  });
});
