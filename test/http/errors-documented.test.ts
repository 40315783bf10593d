import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { statusOf } from '../../src/http/status.ts';

describe('docs/errors.md', () => {
  const rows = readFileSync(new URL('../../docs/errors.md', import.meta.url), 'utf8').matchAll(
    /^\| `([a-z-]+)` \| ([0-9]{3}) \| .+ \|$/gm,
  );

  it('lists every error code with its status, and no other', () => {
    const documented = Object.fromEntries([...rows].map(([, code, status]) => [code, Number(status)]));
    expect(documented).toEqual(statusOf);
  });
});
