import { expect } from 'vitest';
import type { GatewayOptions } from '../../src/index.ts';
import { type Answer, startLab } from './home-lab.ts';
import { pathOf, type Speaker, speakTo } from './speaker.ts';
import { until } from './until.ts';

/** The schemes of GFD.224 start with this; those of its kinds add a `#`. */
export const infrastructure = 'http://schemas.ogf.org/occi/infrastructure';
/** The scheme of the templates of GFD.222. */
export const sizes = `${infrastructure}/compute/template/1.1#`;
/** The scheme of the systems that the embedded machines can run. */
export const systems = 'http://localhost/occi/infrastructure/os_tpl#';
export const userData = `${infrastructure}/compute#user_data`;
export const sshKey = `${infrastructure}/credentials#ssh_key`;

/** A category in JSON. */
export interface Category {
  readonly term: string;
  readonly scheme: string;
  readonly title?: string;
  readonly parent?: string;
  readonly location?: string;
  readonly depends?: readonly string[];
  readonly applies?: readonly string[];
  readonly actions?: readonly string[];
  readonly attributes?: Readonly<
    Record<string, { readonly mutable: boolean; readonly required: boolean; readonly default?: unknown }>
  >;
}

/** An entity in JSON. */
export interface Shown {
  readonly kind: string;
  readonly id: string;
  readonly mixins?: readonly string[];
  readonly attributes: Readonly<Record<string, unknown>>;
  readonly actions?: readonly string[];
  readonly links?: readonly Shown[];
}

/** A gateway with the model of GFD.224 and the embedded machines, and what tests do with it all the time, in JSON. */
export interface InfrastructureLab {
  readonly client: Speaker;
  /** Creates an entity of a kind, `compute`; its path. */
  create(term: string, wishes?: object): Promise<string>;
  /** Creates a link of a kind from one path to another; its path. */
  link(term: string, source: string, target: string, wishes?: object): Promise<string>;
  /** A POST of an entity that may be refused. */
  post(path: string, body: object): Promise<Answer>;
  read(path: string): Promise<Shown>;
  /** Waits until an entity is in a state and nothing is going on. */
  reach(path: string, state: string): Promise<Shown>;
  act(path: string, action: string, parameters?: object): Promise<Answer>;
  /** The kinds and mixins of the query interface, by type identifier. */
  categories(): Promise<ReadonlyMap<string, Category>>;
  /** All entities and categories, once nothing is going on: what a refused request must not have changed. */
  everything(): Promise<string>;
  close(): Promise<void>;
}

/** Opens one. @param options for example `fakeDelayMs`, how long machines take for every change */
export async function startInfrastructure(options: GatewayOptions = {}): Promise<InfrastructureLab> {
  const lab = await startLab(options);
  const client = speakTo(lab);
  const read = async (path: string) => {
    const answer = await client.json('GET', path);
    expect(answer.status, answer.text).toBe(200);
    return answer.json() as Shown;
  };
  const create = async (term: string, wishes: object = {}) => {
    const made = await client.json('POST', `/${term}/`, { kind: `${infrastructure}#${term}`, ...wishes });
    expect(made.status, made.text).toBe(201);
    return pathOf(made.headers.get('location'));
  };
  return {
    client,
    create,
    link: (term, source, target, wishes = {}) =>
      create(term, { source: { location: source }, target: { location: target }, ...wishes }),
    post: (path, body) => client.json('POST', path, body),
    read,
    reach: (path, state) =>
      until(
        () => read(path),
        (entity) => {
          const name = `occi.${termOf(path)}.state`;
          return entity.attributes[name] === state && (state === 'error' || !(`${name}.message` in entity.attributes));
        },
      ),
    act: (path, action, parameters = {}) =>
      client.json('POST', `${path}?action=${action}`, {
        action: `${infrastructure}/${termOf(path)}/action#${action}`,
        attributes: parameters,
      }),
    async categories() {
      const { kinds, mixins } = (await client.json('GET', '/-/')).json() as Record<string, readonly Category[]>;
      return new Map([...(kinds ?? []), ...(mixins ?? [])].map((one) => [one.scheme + one.term, one]));
    },
    async everything() {
      const categories = await client.json('GET', '/-/');
      const entities = await until(
        () => client.json('GET', '/'),
        ({ text }) => !underWay.test(text),
      );
      return entities.text + categories.text;
    },
    close: () => lab.close(),
  };
}

/** An entity that says what is going on; those in error say what went wrong. */
const underWay = /\.state":"(?!error)[a-z]+","[a-z.]+\.state\.message"/;

/** The terms of the actions that an entity offers. */
export function offered({ actions = [] }: Shown): readonly string[] {
  return actions.map((id) => id.slice(id.indexOf('#') + 1));
}

/** Paths of entities are those of their kind's collection, which is the term of the kind. */
function termOf(path: string): string {
  return path.split('/')[1] ?? '';
}
