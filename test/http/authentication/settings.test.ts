import { describe, expect, it } from 'vitest';
import { ConfigError, readConfig } from '../../../src/config.ts';

const service = {
  OCCI_KEYSTONE_URL: 'https://keystone.test/v3',
  OCCI_KEYSTONE_USERNAME: 'occi',
  OCCI_KEYSTONE_PASSWORD: 'secret',
  OCCI_KEYSTONE_PROJECT: 'service',
};

function mistakes(environment: Readonly<Record<string, string>>): readonly string[] {
  try {
    readConfig(environment);
    return [];
  } catch (error) {
    if (!(error instanceof ConfigError)) throw error;
    return error.message.split('\n');
  }
}

describe('settings of authentication', () => {
  it('are a list in order', () => {
    const environment = { ...service, OCCI_AUTH: 'keystone, basic', OCCI_AUTH_USERS_FILE: 'users' };
    expect(readConfig(environment).auth).toEqual(['keystone', 'basic']);
    expect(readConfig({}).auth).toEqual(['none']);
  });

  it.each([
    ['', 'must be a comma list'],
    ['ldap', 'must be a comma list'],
    ['basic,', 'must be a comma list'],
    ['basic,basic', 'must not name one twice'],
    ['none,basic', 'must be none alone'],
  ])('refuse OCCI_AUTH=%s', (value, reason) => {
    const found = mistakes({ OCCI_AUTH: value, OCCI_AUTH_USERS_FILE: 'users' });
    expect(found).toHaveLength(1);
    expect(found[0]).toContain(`OCCI_AUTH=${value}: `);
    expect(found[0]).toContain(reason);
  });

  it.each<[string, Readonly<Record<string, string>>, readonly string[]]>([
    ['basic', {}, ['OCCI_AUTH_USERS_FILE']],
    [
      'keystone',
      {},
      ['OCCI_KEYSTONE_URL', 'OCCI_KEYSTONE_USERNAME', 'OCCI_KEYSTONE_PASSWORD', 'OCCI_KEYSTONE_PROJECT'],
    ],
    ['keystone', { ...service, OCCI_KEYSTONE_PASSWORD: '' }, ['OCCI_KEYSTONE_PASSWORD', 'OCCI_KEYSTONE_PASSWORD']],
    ['keystone', { OCCI_KEYSTONE_VALIDATE_WITH: 'client' }, ['OCCI_KEYSTONE_URL']],
    [
      'keystone',
      { OCCI_KEYSTONE_URL: 'https://keystone.test', OCCI_KEYSTONE_APPLICATION_CREDENTIAL_ID: 'x' },
      ['OCCI_KEYSTONE_APPLICATION_CREDENTIAL_SECRET'],
    ],
    [
      'keystone',
      {
        ...service,
        OCCI_KEYSTONE_APPLICATION_CREDENTIAL_ID: 'x',
        OCCI_KEYSTONE_APPLICATION_CREDENTIAL_SECRET: 'y',
      },
      ['OCCI_KEYSTONE_USERNAME'],
    ],
    [
      'keystone',
      { ...service, OCCI_KEYSTONE_URL: "https://keystone.test/'" },
      ['OCCI_KEYSTONE_URL', 'OCCI_KEYSTONE_URL'],
    ],
    ['oidc', {}, ['OCCI_OIDC_ISSUER', 'OCCI_OIDC_AUDIENCE']],
    [
      'oidc',
      { OCCI_OIDC_ISSUER: 'https://issuer.test', OCCI_OIDC_AUDIENCE: 'occi', OCCI_OIDC_ALGORITHMS: 'ES256,HS256' },
      ['OCCI_OIDC_ALGORITHMS'],
    ],
    [
      'oidc',
      { OCCI_OIDC_ISSUER: 'https://issuer.test', OCCI_OIDC_AUDIENCE: 'occi', OCCI_OIDC_ALGORITHMS: 'none' },
      ['OCCI_OIDC_ALGORITHMS'],
    ],
    ['x509', { OCCI_AUTH_SUBJECTS_FILE: 'subjects' }, ['OCCI_TLS_CLIENT_CA']],
    ['x509', { OCCI_TLS_CERT: 'c', OCCI_TLS_KEY: 'k', OCCI_TLS_CLIENT_CA: 'a' }, ['OCCI_AUTH_SUBJECTS_FILE']],
    ['basic,oidc', {}, ['OCCI_AUTH_USERS_FILE', 'OCCI_OIDC_ISSUER', 'OCCI_OIDC_AUDIENCE']],
    ['basic', { OCCI_AUTH_USERS_FILE: 'u', OCCI_AUTH_REALM: 'a "b"' }, ['OCCI_AUTH_REALM']],
  ])('name each variable that is missing or wrong for %s with %j', (auth, others, variables) => {
    const found = mistakes({ OCCI_AUTH: auth, ...others });
    expect(found.map((line) => line.split(/[=:]/)[0])).toEqual(variables);
    expect(found.join()).not.toContain('secret');
  });

  it.each<[string, Readonly<Record<string, string>>]>([
    ['basic', { OCCI_AUTH_USERS_FILE: 'users' }],
    ['keystone', service],
    ['keystone', { OCCI_KEYSTONE_URL: 'https://keystone.test', OCCI_KEYSTONE_VALIDATE_WITH: 'client' }],
    [
      'keystone',
      {
        OCCI_KEYSTONE_URL: 'https://keystone.test',
        OCCI_KEYSTONE_APPLICATION_CREDENTIAL_ID: 'x',
        OCCI_KEYSTONE_APPLICATION_CREDENTIAL_SECRET: 'y',
      },
    ],
    ['oidc', { OCCI_OIDC_ISSUER: 'https://issuer.test', OCCI_OIDC_AUDIENCE: 'occi, other' }],
    ['x509', { OCCI_AUTH_SUBJECTS_FILE: 's', OCCI_TLS_CERT: 'c', OCCI_TLS_KEY: 'k', OCCI_TLS_CLIENT_CA: 'a' }],
  ])('are complete for %s with %j', (auth, others) => {
    expect(mistakes({ OCCI_AUTH: auth, ...others })).toEqual([]);
  });
});
