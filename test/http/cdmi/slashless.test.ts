import { afterEach, describe, expect, it } from 'vitest';
import { type CdmiLab, speaking, startCdmiLab } from './cdmi-lab.ts';

let lab: CdmiLab;
afterEach(() => lab.close());

describe('containers without the slash at the end', () => {
  it.each([
    ['[CDMI-C6] are refused', false, 400],
    ['are made where an operator lets clients have their way', true, 201],
  ])('%s', async (_, cdmiSlashless, status) => {
    lab = await startCdmiLab({ cdmiSlashless });
    const put = () =>
      fetch(new URL('k', lab.root), { method: 'PUT', headers: speaking('container'), redirect: 'manual', body: '{}' });
    const made = await put();
    expect(made.status).toBe(status);
    if (status === 201) expect(await made.json()).toMatchObject({ objectName: 'k/', parentURI: '/cdmi/' });
    expect((await fetch(new URL('k/', lab.root))).status).toBe(status === 201 ? 200 : 404);
    expect((await put()).status).toBe(status === 201 ? 301 : 400);
  });
});
