import { afterAll, beforeAll, expect, it } from 'vitest';
import { type CdmiLab, speaking, startCdmiLab } from './cdmi-lab.ts';

let lab: CdmiLab;
beforeAll(async () => {
  lab = await startCdmiLab();
  for (const name of ['', 'a/', 'b/', 'c/']) await fetch(`${lab.root}some/${name}`, { method: 'PUT' });
});
afterAll(() => lab.close());

it.each([
  ['0-1', '0-1', ['a/', 'b/']],
  ['1-1', '1-1', ['b/']],
  ['2-999999999999999', '2-2', ['c/']],
  ['0-999999999999999', '0-2', ['a/', 'b/', 'c/']],
  ['3-4', '', []],
  ['999999999999999-999999999999999', '', []],
])('Of the children %s there are those that there are', async (range, childrenrange, children) => {
  const path = `${lab.root}some/?childrenrange;children:${range}`;
  const answer = await fetch(path, { headers: speaking('container') });
  expect(answer.status).toBe(200);
  expect(await answer.json()).toEqual({ childrenrange, children });
});
