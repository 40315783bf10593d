import { type Fields, fieldsNamed } from './exchange.ts';

const challenge = /(?:^|[,\s])(?:keystone|snf-auth)\s+uri\s*=\s*(?:"([^"]*)"|'([^']*)'|([^\s,"']+))/i;

/**
 * The URI of the Keystone a server sends its clients to: `WWW-Authenticate: Keystone uri='…'`, in quotes of either
 * sort, alone or among other challenges; undefined when there is none.
 */
export function keystoneUriIn(headers: Fields): string | undefined {
  for (const value of fieldsNamed(headers, 'www-authenticate')) {
    const found = challenge.exec(value);
    const uri = found?.[1] ?? found?.[2] ?? found?.[3];
    if (uri !== undefined && URL.canParse(uri)) return uri;
  }
  return undefined;
}
