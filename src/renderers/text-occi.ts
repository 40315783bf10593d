import { OcciError } from '../occi/errors.ts';
import { absolute } from '../occi/name-space.ts';
import { problemLine } from './problem-line.ts';
import { remembered } from './remembered.ts';
import type { Rendered, Renderer } from './renderer.ts';
import { categoryStatements, entityStatements, type Statement } from './text-lines.ts';
import { contentOf, type Field } from './text-plain.ts';
import { requestStatements } from './text-requests.ts';

export interface TextOcciOptions {
  /** How many bytes the headers of one rendering may have together; more is an error, never a shortened list. */
  readonly maxHeaderBytes: number;
}

const fields = ['Category', 'Link', 'X-OCCI-Attribute', 'X-OCCI-Location'] as const;

/** text/occi (GFD.229 §7): the statements are header fields, the body is `OK`. A body that is sent is ignored. */
export function textOcci({ maxHeaderBytes }: TextOcciOptions): Renderer {
  const inHeaders = (statements: readonly Statement[]): Rendered => {
    const headers: Record<string, string> = {};
    for (const field of fields) {
      const values = statements.filter((statement) => statement.field === field).map(({ value }) => value);
      // One field with a list is what GFD.229 §7 recommends, and what clients can read.
      if (values.length > 0) headers[field] = values.join(', ');
    }
    const size = Object.entries(headers).reduce((sum, [name, value]) => {
      return sum + name.length + 4 + Buffer.byteLength(value);
    }, 0);
    if (size > maxHeaderBytes) throw overflow(size, maxHeaderBytes);
    return { contentType: 'text/occi', headers, body: 'OK' };
  };
  const locations = (list: readonly string[]) =>
    inHeaders(list.map((value): Statement => ({ field: 'X-OCCI-Location', value })));

  return {
    mediaTypes: ['text/occi'],
    listingOnly: false,

    parse({ header, lenient }) {
      const found: Field[] = [];
      for (const name of fields) {
        const text = header(name);
        if (text === undefined) continue;
        found.push({ name: name.toLowerCase(), value: { text, start: 0, end: text.length, field: name } });
      }
      return contentOf(found, lenient === true);
    },

    request: (content) => ({ ...inHeaders(requestStatements(content)), body: '' }),

    entity: remembered((view, context) => inHeaders(entityStatements(view, context))),

    created: ({ entity }, { space }) => locations([absolute(space, entity.location)]),

    async collection(collection, { space }) {
      const list: string[] = [];
      let size = 0;
      for await (const page of collection.locations()) {
        for (const location of page) {
          const url = absolute(space, location);
          size += url.length + 2;
          list.push(url);
        }
        // There is no need to read a hundred thousand members to know that they are too many.
        if (size > maxHeaderBytes) throw overflow(size, maxHeaderBytes);
      }
      return locations(list);
    },

    categories: (categories, { model }) => inHeaders(categoryStatements(categories, model)),

    mixins: (mixins, { model }) => inHeaders(categoryStatements({ kinds: [], mixins, actions: [] }, model)),

    done: () => ({ contentType: 'text/occi', body: 'OK' }),

    error: (problem) => ({ contentType: 'text/occi', body: problemLine(problem) }),
  };
}

function overflow(size: number, limit: number): OcciError {
  return new OcciError(
    'header-overflow',
    `the rendering needs ${size} bytes of headers or more, and ${limit} are allowed; ask for text/plain or pages`,
  );
}
