import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import advertised from '../../../spec/cdmi/capabilities.json' with { type: 'json' };
import type { Answer, Lab } from '../home-lab.ts';
import { startTenantsLab } from '../tenants-lab.ts';
import { type Trial, trials, withoutTrial } from './capability-trials.ts';
import { speaking } from './cdmi-lab.ts';

const options = { cdmi: true, cdmiDomains: true };

let lab: Lab;
beforeAll(async () => {
  lab = await startTenantsLab(options);
});
afterAll(() => lab.close());

describe('ISO/IEC 17826 §12 each capability', () => {
  it('[CDMI-K9] is tried, or there is a reason why not', () => {
    const tried = trials.map(([branch, name]) => `cdmi_capabilities/${branch} ${name}`);
    const all = Object.entries(advertised).flatMap(([path, names]) =>
      Object.keys(names).flatMap((name) => (Object.hasOwn(withoutTrial, name) ? [] : [`${path} ${name}`])),
    );
    expect([...tried].sort()).toEqual([...all].sort());
  });

  for (const trial of trials) {
    const [branch, name, request] = trial;

    it(`[CDMI-K9] ${branch}${name}: ${request} works where it is offered`, async () => {
      const { status, text } = await tried(lab, trial, `${branch.replace('/', '-')}${name}`);
      expect(status, text).toBeLessThan(300);
    });

    it(`[CDMI-K9] [CDMI-G17] ${branch}${name}: ${request} is 400 where it is not, and says why`, async () => {
      const lacking = await startTenantsLab({ ...options, cdmiWithout: [name] });
      const { status, text } = await tried(lacking, trial, 'home');
      await lacking.close();
      expect([status, text]).toEqual([400, expect.stringContaining(`${name} `)]);
    });
  }
});

/** Makes what the trial needs, as far as it can be made, in a project of its own, and sends the request. */
async function tried(lab: Lab, [, , request, kind, body, headers = {}]: Trial, project: string): Promise<Answer> {
  const send = (what: string, type: typeof kind, content?: object | string, more: Record<string, string> = {}) => {
    const [method = '', path = ''] = what.split(' ');
    const { accept, ...spoken } = type === undefined ? {} : speaking(type);
    return lab.request(method, `/cdmi/${path}`, {
      headers: { ...spoken, ...(accept && { accept }), ...more, 'x-who': `root ${project} admin` },
      ...(content !== undefined && { body: typeof content === 'string' ? content : JSON.stringify(content) }),
    });
  };
  const idOf = (answer: Answer) =>
    answer.status === 201 ? String((answer.json() as { objectID: unknown }).objectID) : '';
  const [object, nameless] = await Promise.all([
    send('PUT o', 'object', { value: '0123456789', metadata: { a: '1' } }),
    send('POST cdmi_objectid/', 'object', { value: 'x' }),
    send('PUT k/', 'container', {}),
    send('PUT q', 'queue', {}),
    send('PUT cdmi_domains/d/', 'domain', { metadata: { cdmi_domain_enabled: 'true' } }),
  ]);
  await Promise.all([send('PUT k/x', 'object', { value: 'x' }), send('POST q', 'queue', { value: ['x'] })]);
  await Promise.all(
    Object.entries({ o: 'o', k: 'k/', q: 'q', d: 'cdmi_domains/d/' }).map(([name, uri]) =>
      send(`PUT ${name}.json`, 'object', { serialize: `/cdmi/${uri}` }),
    ),
  );
  const filled = (text: string) => text.replace('<o>', idOf(object)).replace('<alone>', idOf(nameless));
  const content = typeof body === 'object' ? (JSON.parse(filled(JSON.stringify(body))) as object) : body;
  return send(filled(request), kind, content, headers);
}
