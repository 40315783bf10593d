import { z } from 'zod';
import { renderings } from '../../client/rendering.ts';
import { versions } from '../dialect.ts';
import { jsonFormat } from './json.ts';

const level = z.enum(['MUST', 'SHOULD', 'MAY', 'practice']);
const verdict = z.enum(['pass', 'fail', 'not applicable', 'inconclusive']);
const requirementVerdict = z.enum([...verdict.options, 'not checked']);
const number = z.int().min(0);
const headers = z.array(z.tuple([z.string(), z.string()]));

const exchange = z.strictObject({
  request: z.strictObject({ method: z.string(), url: z.url(), headers, body: z.string() }),
  response: z.strictObject({
    status: number,
    reason: z.string(),
    headers,
    body: z.string(),
    milliseconds: z.number(),
  }),
});

/** What a JSON report is like. */
export const jsonReportSchema = z.strictObject({
  format: z.literal('occi-conformance'),
  formatVersion: z.literal(jsonFormat),
  suite: z.string(),
  server: z.strictObject({ endpoint: z.url(), says: z.string() }),
  started: z.iso.datetime(),
  milliseconds: number,
  profile: z.string().optional(),
  selection: z.strictObject({
    documents: z.array(z.string()).optional(),
    versions: z.array(z.enum(versions)).optional(),
    renderings: z.array(z.enum(renderings)).optional(),
    levels: z.array(level).optional(),
    ids: z.array(z.string()).optional(),
    isDestructive: z.boolean().optional(),
  }),
  conforms: z.boolean(),
  complete: z.boolean(),
  givenUp: z.string().optional(),
  planned: number,
  notes: z.array(z.string()),
  left: z.array(z.string()),
  summary: z.array(
    z.strictObject({
      document: z.string(),
      title: z.string(),
      level,
      counts: z.record(requirementVerdict, number),
    }),
  ),
  requirements: z.array(
    z.strictObject({
      id: z.string(),
      document: z.string(),
      section: z.string().optional(),
      level,
      text: z.string(),
      verdict: requirementVerdict,
      why: z.string().optional(),
      results: z.array(number),
    }),
  ),
  results: z.array(
    z.strictObject({
      check: z.string(),
      title: z.string(),
      version: z.enum(versions),
      rendering: z.enum(renderings),
      verdict,
      reason: z.string().optional(),
      requirements: z.array(z.string()),
      exchanges: z.array(exchange),
    }),
  ),
});

/** A JSON report, read. */
export type JsonReport = z.output<typeof jsonReportSchema>;
