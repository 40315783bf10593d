import { z } from 'zod';
import { path, setting, wholeNumber, yesNo } from '../../../setting.ts';
import type { S3Options } from './s3-values.ts';

/** Where values of CDMI are when they are not in files. */
export const s3Settings = {
  cdmiS3Bucket: setting(
    'OCCI_CDMI_S3_BUCKET',
    path,
    undefined,
    'bucket of an S3-compatible store for the values of CDMI; it has to be there; without it they are in files below OCCI_DATA_DIR',
  ),
  cdmiS3Endpoint: setting(
    'OCCI_CDMI_S3_ENDPOINT',
    z.url({ protocol: /^https?$/, error: 'must be an http or https URL' }),
    undefined,
    'URL of that store; without it that of the region at Amazon',
  ),
  cdmiS3Region: setting('OCCI_CDMI_S3_REGION', path, 'us-east-1', 'its region'),
  cdmiS3Prefix: setting(
    'OCCI_CDMI_S3_PREFIX',
    z.string().regex(/^[\w./-]{0,512}$/, 'must be letters, digits and . _ - /'),
    'occi/',
    'what the names of values begin with in the bucket; the identity of the record follows',
  ),
  cdmiS3AccessKey: setting(
    'OCCI_CDMI_S3_ACCESS_KEY',
    path,
    undefined,
    'the access key; without it, it is looked for where other tools for S3 look for it',
  ),
  cdmiS3SecretKey: setting('OCCI_CDMI_S3_SECRET_KEY', path, undefined, 'the secret of that key'),
  cdmiS3PathStyle: setting(
    'OCCI_CDMI_S3_PATH_STYLE',
    yesNo,
    'true',
    'whether the bucket is in the path of URLs; otherwise it is in the name of the host',
  ),
  cdmiS3TimeoutMs: setting(
    'OCCI_CDMI_S3_TIMEOUT_MS',
    wholeNumber(100, 3_600_000),
    '30000',
    'how long the store may be silent, in milliseconds (503)',
  ),
} as const;

/** The settings of S3 that need not be there. */
export type OptionalS3 = 'cdmiS3Bucket' | 'cdmiS3Endpoint' | 'cdmiS3AccessKey' | 'cdmiS3SecretKey';

/** What the settings above come to. */
export interface S3Config {
  readonly cdmiS3Bucket?: string;
  readonly cdmiS3Endpoint?: string;
  readonly cdmiS3Region: string;
  readonly cdmiS3Prefix: string;
  readonly cdmiS3AccessKey?: string;
  readonly cdmiS3SecretKey?: string;
  readonly cdmiS3PathStyle: boolean;
  readonly cdmiS3TimeoutMs: number;
}

/** Settings that do not go together, one line each. */
export function s3Mistakes(config: Partial<S3Config>): string[] {
  const { cdmiS3Bucket: bucket, cdmiS3Endpoint: endpoint, cdmiS3AccessKey: key, cdmiS3SecretKey: secret } = s3Settings;
  const needs = (one: keyof S3Config, variable: string, other: keyof S3Config, needed: string) =>
    config[one] !== undefined && config[other] === undefined ? [`${variable}: needs ${needed}, too`] : [];
  return [
    ...needs('cdmiS3Endpoint', endpoint.variable, 'cdmiS3Bucket', bucket.variable),
    ...needs('cdmiS3AccessKey', key.variable, 'cdmiS3SecretKey', secret.variable),
    ...needs('cdmiS3SecretKey', secret.variable, 'cdmiS3AccessKey', key.variable),
  ];
}

/**
 * The bucket that is configured; nothing where values are in files.
 *
 * @param identity of the record. Names begin with it, so that gateways with different records that share a bucket by
 *   mistake do not remove each other's values.
 */
export function s3Of(config: S3Config, identity: string): S3Options | undefined {
  const { cdmiS3Bucket: bucket, cdmiS3Endpoint: endpoint, cdmiS3AccessKey, cdmiS3SecretKey } = config;
  if (bucket === undefined) return undefined;
  return {
    bucket,
    region: config.cdmiS3Region,
    prefix: `${config.cdmiS3Prefix}${identity}/`,
    pathStyle: config.cdmiS3PathStyle,
    timeoutMs: config.cdmiS3TimeoutMs,
    ...(endpoint !== undefined && { endpoint }),
    ...(cdmiS3AccessKey !== undefined &&
      cdmiS3SecretKey !== undefined && {
        credentials: { accessKeyId: cdmiS3AccessKey, secretAccessKey: cdmiS3SecretKey },
      }),
  };
}
