import { type Arrived, reply, type ScriptedServer, startScripted } from './scripted-server.ts';

/** What a Keystone knows. */
export interface KeystoneOptions {
  readonly versions: readonly ('v3' | 'v2.0')[];
  readonly projects?: readonly string[];
  /** When tokens end. */
  readonly expires?: () => string;
}

/** A Keystone for the user anna, password "pass word". Its tokens are numbered: unscoped ones `u1`, those of projects `lab-2`. */
export interface FakeKeystone extends ScriptedServer {
  /** The tokens given out so far. */
  readonly tokens: readonly string[];
}

const later = () => new Date(Date.now() + 3_600_000).toISOString();

export async function startKeystone(options: KeystoneOptions): Promise<FakeKeystone> {
  const { versions, projects = ['lab'], expires = later } = options;
  const tokens: string[] = [];
  const give = (project: string | undefined) => {
    const token = `${project ?? 'u'}-${tokens.length + 1}`;
    tokens.push(token);
    return token;
  };
  const json = (status: string, value: object, ...fields: string[]) =>
    reply(status, ['Content-Type: application/json', ...fields], JSON.stringify(value));
  const refused = json('401 Unauthorized', {
    error: { code: 401, message: 'The request you have made requires authentication.' },
  });
  const members = projects.map((name) => ({ id: `id-of-${name}`, name }));
  const isToken = (token: unknown) => tokens.includes(String(token));

  const version3 = (request: Arrived): string => {
    if (request.path === '/v3/auth/projects') {
      return isToken(request.header('x-auth-token')) ? json('200 OK', { projects: members }) : refused;
    }
    const { auth } = JSON.parse(request.body) as { auth: Version3Request };
    const { password, application_credential: application, token } = auth.identity;
    const knows =
      (password?.user.password === 'pass word' &&
        password.user.name === 'anna' &&
        password.user.domain?.id === 'default') ||
      (application?.id === 'app' && application.secret === 'shh') ||
      (token !== undefined && isToken(token.id));
    if (!knows || !auth.identity.methods.some((method) => method in auth.identity)) return refused;
    const wanted = auth.scope?.project;
    const name = application === undefined ? (wanted?.name ?? wanted?.id?.replace('id-of-', '')) : 'app';
    const scope = name === undefined ? {} : { project: { id: `id-of-${name}`, name } };
    const body = { token: { expires_at: expires(), ...scope } };
    return json('201 Created', body, `X-Subject-Token: ${give(name)}`);
  };

  const version2 = (request: Arrived): string => {
    if (request.path === '/v2.0/tenants') {
      return isToken(request.header('x-auth-token')) ? json('200 OK', { tenants: members }) : refused;
    }
    const { auth } = JSON.parse(request.body) as { auth: Version2Request };
    const { passwordCredentials: own } = auth;
    const knows = (own?.username === 'anna' && own.password === 'pass word') || isToken(auth.token?.id);
    if (!knows) return refused;
    const name = auth.tenantName ?? auth.tenantId?.replace('id-of-', '');
    const tenant = name === undefined ? {} : { tenant: { id: `id-of-${name}`, name } };
    return json('200 OK', { access: { token: { id: give(name), expires: expires(), ...tenant } } });
  };

  const server = await startScripted((request) => {
    if (request.path.startsWith('/v3/auth/') && versions.includes('v3')) return version3(request);
    if (request.path.startsWith('/v2.0/') && versions.includes('v2.0')) return version2(request);
    return json('404 Not Found', { error: { code: 404, message: 'The resource could not be found.' } });
  });
  return { ...server, tokens };
}

interface Version3Request {
  readonly identity: {
    readonly methods: readonly string[];
    readonly password?: { user: { name?: string; domain?: { id: string }; password: string } };
    readonly application_credential?: { id: string; secret: string };
    readonly token?: { id: string };
  };
  readonly scope?: { project?: { id?: string; name?: string } };
}

interface Version2Request {
  readonly passwordCredentials?: { username: string; password: string };
  readonly token?: { id: string };
  readonly tenantName?: string;
  readonly tenantId?: string;
}
