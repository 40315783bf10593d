import { describe, expect, it } from 'vitest';
import { s3Of } from '../../../src/cdmi/values/s3/settings.ts';
import { readConfig } from '../../../src/config.ts';

describe('OCCI_CDMI_S3_…', () => {
  it('leave values in files unless there is a bucket', () => {
    expect(s3Of(readConfig({}), 'id')).toBeUndefined();
  });

  it('name a bucket, in which the record has a part of its own', () => {
    const environment = {
      OCCI_CDMI_S3_BUCKET: 'values',
      OCCI_CDMI_S3_ENDPOINT: 'https://s3.example.org',
      OCCI_CDMI_S3_REGION: 'here',
      OCCI_CDMI_S3_PREFIX: 'cloud/',
      OCCI_CDMI_S3_ACCESS_KEY: 'key',
      OCCI_CDMI_S3_SECRET_KEY: 'of the key',
      OCCI_CDMI_S3_PATH_STYLE: 'no',
      OCCI_CDMI_S3_TIMEOUT_MS: '500',
    };
    expect(s3Of(readConfig(environment), 'id')).toEqual({
      bucket: 'values',
      endpoint: 'https://s3.example.org',
      region: 'here',
      prefix: 'cloud/id/',
      credentials: { accessKeyId: 'key', secretAccessKey: 'of the key' },
      pathStyle: false,
      timeoutMs: 500,
    });
  });

  it('may leave credentials and endpoint to the client', () => {
    expect(s3Of(readConfig({ OCCI_CDMI_S3_BUCKET: 'values' }), 'id')).toEqual({
      bucket: 'values',
      region: 'us-east-1',
      prefix: 'occi/id/',
      pathStyle: true,
      timeoutMs: 30_000,
    });
  });

  it.each([
    [{ OCCI_CDMI_S3_ENDPOINT: 'https://s3.example.org' }, 'OCCI_CDMI_S3_ENDPOINT: needs OCCI_CDMI_S3_BUCKET, too'],
    [{ OCCI_CDMI_S3_ACCESS_KEY: 'a' }, 'OCCI_CDMI_S3_ACCESS_KEY: needs OCCI_CDMI_S3_SECRET_KEY, too'],
    [{ OCCI_CDMI_S3_SECRET_KEY: 'hidden' }, 'OCCI_CDMI_S3_SECRET_KEY: needs OCCI_CDMI_S3_ACCESS_KEY, too'],
  ])('go together: %o', (environment, mistake) => {
    expect(() => readConfig(environment)).toThrow(new RegExp(`^${mistake}$`));
  });
});
