import { z } from 'zod';
import { ClientError } from '../client-error.ts';
import { type CdmiCaller, callCdmi, treeTypes } from './cdmi-call.ts';
import { jsonIn } from './remote-object.ts';
import { asContainer } from './remote-path.ts';

/** How many names are asked for at once. */
const pageSize = 1000;

const page = z.object({ children: z.array(z.string()).default([]) });

/**
 * The names of what is in a container: those of containers end with a slash, those of references with a question mark
 * (ISO/IEC 17826 §9.4). Asked for in ranges, or all at once where the server knows none.
 */
export async function* childrenOf(caller: CdmiCaller, path: string): AsyncGenerator<string> {
  const read = async (selector: string): Promise<readonly string[]> => {
    const call = { method: 'GET', path: asContainer(path), selectors: [selector], accept: treeTypes } as const;
    const exchange = await callCdmi(caller, call);
    return jsonIn(exchange, page).children;
  };
  for (let first = 0; ; first += pageSize) {
    const names = await read(`children:${first}-${first + pageSize - 1}`).catch((error: unknown) => {
      if (first === 0 && error instanceof ClientError && error.details.status === 400) return undefined;
      throw error;
    });
    yield* names ?? (await read('children'));
    if (names?.length !== pageSize) return;
  }
}
