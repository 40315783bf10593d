import { z } from 'zod';
import { ClientError } from '../client-error.ts';
import { type CdmiCaller, callCdmi, objectType } from './cdmi-call.ts';
import { jsonIn } from './remote-object.ts';
import { asContainer } from './remote-path.ts';

/** How much belongs to a domain. */
export interface DomainLoad {
  readonly objects: number;
  readonly bytes: number;
}

const amount = z.string().regex(/^\d+$/).transform(Number);
const answer = z.object({ value: z.string() });
const summary = z.object({ objects: amount, bytes: amount });

/**
 * What its summary says that belongs to a domain (ISO/IEC 17826 §10): the standard has averages only, this gateway
 * tells how it is now.
 *
 * @returns undefined where the server does not tell, or not to everybody
 */
export async function domainLoad(caller: CdmiCaller, path: string): Promise<DomainLoad | undefined> {
  const place = `${asContainer(path)}cdmi_domain_summary/cumulative`;
  try {
    const exchange = await callCdmi(caller, { method: 'GET', path: place, selectors: ['value'], accept: objectType });
    return summary.safeParse(JSON.parse(jsonIn(exchange, answer).value)).data;
  } catch (error) {
    const isRefused = error instanceof ClientError && ['refused', 'unreadable'].includes(error.kind);
    if (isRefused || error instanceof SyntaxError) return undefined;
    throw error;
  }
}
