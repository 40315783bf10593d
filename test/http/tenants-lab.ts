import type { Authenticator, GatewayOptions } from '../../src/index.ts';
import { type Answer, type Lab, type Send, startLab } from './home-lab.ts';

/** A gateway that believes what a header says: `user project role,role`. */
export function startTenantsLab(options: GatewayOptions = {}): Promise<Lab> {
  return startLab({ authenticators: [credulous], ...options });
}

const credulous: Authenticator = {
  async authenticate(incoming) {
    const [user, project, roles] = incoming.header('x-who')?.split(' ') ?? [];
    if (user === undefined || project === undefined || roles === undefined) return undefined;
    return { user, project, roles: roles.split(','), proof: 'basic' };
  },
};

/** Somebody in a project, with a gateway to talk to. */
export interface Person {
  readonly project: string;
  request(method: string, path: string, send?: Send): Promise<Answer>;
}

/** Somebody in a project. */
export function person(lab: Lab, project: string, roles = 'member'): Person {
  return {
    project,
    request: (method, path, send = {}) =>
      lab.request(method, path, {
        ...send,
        headers: { ...(send.headers as Record<string, string>), 'x-who': `user-of-${project} ${project} ${roles}` },
      }),
  };
}
