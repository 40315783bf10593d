import { expect, it } from 'vitest';
import { startLab } from '../home-lab.ts';

it('[CDMI-G6] who says nothing of what he takes is answered in the style in which he asks', async () => {
  const lab = await startLab({ cdmi: true });
  const version = { 'x-cdmi-specification-version': '1.1.1' };
  const typed = (kind: string) => ({ ...version, 'content-type': `application/cdmi-${kind}` });
  const exchange = async (method: string, path: string, headers: Record<string, string> = {}, body?: string) => {
    const answer = await lab.request(method, `/cdmi/${path}`, { headers, ...(body !== undefined && { body }) });
    return [answer.status, answer.headers.get('content-type'), answer.text];
  };
  const json = expect.stringMatching(/^\{/);
  const object = 'application/cdmi-object';
  const container = 'application/cdmi-container';
  expect(await exchange('PUT', 'o', { 'content-type': 'image/x' }, 'bytes')).toEqual([201, null, '']);
  expect(await exchange('GET', 'o')).toEqual([200, 'image/x', 'bytes']);
  expect(await exchange('GET', 'o', version)).toEqual([200, object, json]);
  expect(await exchange('GET', '', version)).toEqual([200, container, json]);
  expect(await exchange('GET', '')).toEqual([200, 'application/json', json]);
  expect(await exchange('GET', 'cdmi_capabilities/', version)).toEqual([200, 'application/cdmi-capability', json]);
  expect(await exchange('PUT', 'p', typed('object'), '{}')).toEqual([201, object, json]);
  expect(await exchange('PUT', 'k/', typed('container'), '{}')).toEqual([201, container, json]);
  expect(await exchange('POST', 'k/', typed('queue'), '{}')).toEqual([201, 'application/cdmi-queue', json]);
  expect(await exchange('DELETE', 'o')).toEqual([204, null, '']);
  await lab.close();
});
