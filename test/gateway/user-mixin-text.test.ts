import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type Lab, startHomeLab } from '../http/home-lab.ts';

describe('GFD.223 §9.3 a user mixin is shown to everyone', () => {
  let lab: Lab;
  beforeAll(async () => {
    lab = await startHomeLab();
  });
  afterAll(() => lab.close());

  const good = { term: 't', scheme: 'http://lab.test/x#', location: '/t/' };
  it.each([
    ['title', { title: 'a\r\nSet-Cookie: b=c' }],
    ['title', { title: '\ud800' }],
    ['scheme', { scheme: 'http://lab.test/"; class="kind#' }],
    ['scheme', { scheme: 'http://lab.test/\r\n#' }],
    ['term', { term: 'a b' }],
    ['relation', { depends: ['a"b#c'] }],
  ])('so a %s that text cannot carry is refused, and the query interface stays readable: %j', async (part, member) => {
    const headers = { 'content-type': 'application/occi+json', accept: 'application/occi+json' };
    const body = JSON.stringify({ mixins: [{ ...good, ...member }] });
    const { status, text } = await lab.request('POST', '/-/', { headers, body });
    expect([status, JSON.parse(text).code]).toEqual([400, 'invalid-request']);
    expect(text).toContain(part);
    expect((await lab.request('GET', '/-/')).status).toBe(200);
  });
});
