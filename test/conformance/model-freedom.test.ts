import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { Exchange } from '../../src/client/exchange.ts';
import type { Check } from '../../src/conformance/check.ts';
import { crtpChecks } from '../../src/conformance/checks/crtp.ts';
import { identityChecks } from '../../src/conformance/checks/identity.ts';
import { infrastructureActionChecks } from '../../src/conformance/checks/infrastructure-actions.ts';
import { infrastructureMixinChecks } from '../../src/conformance/checks/infrastructure-mixins.ts';
import { infrastructureTypeChecks } from '../../src/conformance/checks/infrastructure-types.ts';
import { linkChecks } from '../../src/conformance/checks/links.ts';
import { mixinChecks } from '../../src/conformance/checks/mixins.ts';
import { modelChecks } from '../../src/conformance/checks/model.ts';
import { modelAttributeChecks } from '../../src/conformance/checks/model-attributes.ts';
import { modelKindChecks } from '../../src/conformance/checks/model-kinds.ts';
import { mutabilityChecks } from '../../src/conformance/checks/mutability.ts';
import { templateChecks } from '../../src/conformance/checks/templates.ts';
import { type Laboratory, type Mutation, openLaboratory, withBody, withHeader, withStatus } from './mutation.ts';
import { entityPath, onAnswers, onRequests } from './mutations/exchanges.ts';

const checks: readonly Check[] = [
  modelChecks,
  modelKindChecks,
  modelAttributeChecks,
  identityChecks,
  mutabilityChecks,
  linkChecks,
  mixinChecks,
  infrastructureTypeChecks,
  infrastructureActionChecks,
  infrastructureMixinChecks,
  templateChecks,
  crtpChecks,
].flat();

/** Changes what the query interface shows in text. */
const described = (change: (text: string) => string) =>
  onAnswers('GET', /\/-\/$/, (exchange) =>
    withBody(exchange, (text) => (text.startsWith('Category') ? change(text) : text)),
  );
const created = (change: (exchange: Exchange) => Exchange) => (exchange: Exchange) =>
  exchange.response.status === 201 ? change(exchange) : exchange;
const acted = (change: (exchange: Exchange) => Exchange) => (exchange: Exchange) =>
  /\?action=(?!save)/.test(exchange.request.url) ? change(exchange) : exchange;
const backwards = (text: string) => text.split('\n').reverse().join('\n');

/** What a server may do otherwise, and is right all the same. */
const freedoms: readonly Omit<Mutation, 'breaks'>[] = [
  { name: 'what is created is answered with 200', mutate: created((exchange) => withStatus(exchange, 200)) },
  { name: 'only Location says where', mutate: created((exchange) => withBody(exchange, () => 'OK')) },
  { name: 'only the body says where', mutate: created((exchange) => withHeader(exchange, 'Location')) },
  {
    name: 'a deletion is answered with 204',
    mutate: onAnswers('DELETE', /./, (exchange) =>
      withStatus(
        withBody(exchange, () => ''),
        204,
      ),
    ),
  },
  {
    name: 'kinds do not list what they inherit',
    mutate: described((text) =>
      text.replace(/^(Category: (?!entity|resource;|link;).*? attributes=")(?:occi\.core\.\S+ )+/gm, '$1'),
    ),
  },
  { name: 'categories come in another order', mutate: described(backwards) },
  { name: 'attributes come in another order', mutate: onAnswers('GET', entityPath, (one) => withBody(one, backwards)) },
  {
    name: 'a machine always says how it is',
    mutate: onAnswers('GET', /^\/compute\/./, (exchange) =>
      withBody(exchange, (text) =>
        text.includes('state.message') ? text : `${text}\nX-OCCI-Attribute: occi.compute.state.message="fine"`,
      ),
    ),
  },
  {
    name: 'clients add no mixins',
    mistake: onRequests('POST', /^\/-\/$/, (request) => ({
      ...request,
      method: 'GET',
      headers: [],
      body: new Uint8Array(),
    })),
    mutate: (exchange) =>
      exchange.request.method === 'POST' && exchange.request.url.endsWith('/-/') ? withStatus(exchange, 403) : exchange,
  },
  { name: 'actions are answered with nothing', mutate: acted((exchange) => withBody(exchange, () => 'OK')) },
  {
    name: 'OS templates are not replaced',
    mistake: onRequests('POST', /^\/os_tpl\//, (request) => ({ ...request, url: request.url.replace('/os_tpl', '') })),
  },
];

describe('The checks of model and infrastructure give no alarm', () => {
  let laboratory: Laboratory;
  beforeAll(async () => {
    laboratory = await openLaboratory();
  });
  afterAll(() => laboratory.close());

  it.each(freedoms)('where $name', async (freedom) => {
    expect(await laboratory.failing(checks, { ...freedom, breaks: ['-'] })).toEqual([]);
  });
});
