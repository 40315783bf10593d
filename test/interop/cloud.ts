import { expect } from 'vitest';
import type { Shown } from '../http/infrastructure-lab.ts';
import { until } from '../http/until.ts';
import { type Environment, type RunningGateway, startGateway } from '../server/command.ts';

const infrastructure = 'http://schemas.ogf.org/occi/infrastructure';

/** An answer of a gateway. */
export interface Answer {
  readonly status: number;
  readonly headers: Headers;
  readonly text: string;
  json(): unknown;
}

/** A client of a running gateway, in JSON; and the process, to be killed. */
export interface Cloud {
  readonly gateway: RunningGateway;
  request(method: string, path: string, body?: object, headers?: Readonly<Record<string, string>>): Promise<Answer>;
  /** Creates an entity of a kind, `compute`; its path. */
  create(term: string, wishes?: object): Promise<string>;
  link(term: string, source: string, target: string, wishes?: object): Promise<string>;
  /** @throws when the answer is not 200 */
  read(path: string): Promise<Shown>;
  /** An entity's attribute. */
  attribute(path: string, name: string): Promise<unknown>;
  act(path: string, action: string, parameters?: object): Promise<Answer>;
  /** Waits until an entity is in a state, and nothing is going on. */
  reach(path: string, state: string): Promise<Shown>;
  remove(path: string): Promise<void>;
  /** Waits until it is ready for requests. */
  ready(): Promise<void>;
}

/** Starts a gateway for agents. @param environment on top of what names the broker */
export async function startCloud(dataDir: string, url: string, environment: Environment = {}): Promise<Cloud> {
  const gateway = await startGateway(dataDir, {
    OCCI_BACKEND: 'nova',
    OCCI_AMQP_URL: url,
    OCCI_RECONCILE_SECONDS: '1',
    ...environment,
  });
  return cloudAt(gateway);
}

function cloudAt(gateway: RunningGateway): Cloud {
  const json = 'application/occi+json';
  const request: Cloud['request'] = async (method, path, body, headers = {}) => {
    const response = await fetch(gateway.url + path, {
      method,
      headers: { accept: json, ...(body ? { 'content-type': json } : {}), ...headers },
      ...(body === undefined ? {} : { body: JSON.stringify(body) }),
    });
    const text = await response.text();
    return { status: response.status, headers: response.headers, text, json: () => JSON.parse(text) as unknown };
  };
  const read = async (path: string): Promise<Shown> => {
    const answer = await request('GET', path);
    expect(answer.status, answer.text).toBe(200);
    return answer.json() as Shown;
  };
  const create = async (term: string, wishes: object = {}): Promise<string> => {
    const answer = await request('POST', `/${term}/`, { kind: `${infrastructure}#${term}`, ...wishes });
    expect(answer.status, answer.text).toBe(201);
    return new URL(answer.headers.get('location') as string).pathname;
  };
  return {
    gateway,
    request,
    create,
    read,
    link: (term, source, target, wishes = {}) =>
      create(term, { source: { location: source }, target: { location: target }, ...wishes }),
    attribute: async (path, name) => (await read(path)).attributes[name],
    act: (path, action, parameters = {}) => {
      const [, term = ''] = path.split('/');
      const body = { action: `${infrastructure}/${term}/action#${action}`, attributes: parameters };
      return request('POST', `${path}?action=${action}`, body);
    },
    reach: (path, state) => {
      const [, term = ''] = path.split('/');
      const names = { state: `occi.${term}.state`, message: `occi.${term}.state.message` };
      const isThere = ({ attributes }: Shown) =>
        attributes[names.state] === state && (state === 'error' || attributes[names.message] === undefined);
      return until(() => read(path), isThere);
    },
    async remove(path) {
      const answer = await request('DELETE', path);
      expect(answer.status, answer.text).toBe(200);
    },
    async ready() {
      await until(
        async () => (await request('GET', '/readyz')).status,
        (status) => status === 200,
      );
    },
  };
}
