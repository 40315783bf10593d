import { extname } from 'node:path';

const text = 'charset=utf-8';

/** What people keep, by the ends of names. */
const types: Readonly<Record<string, string>> = {
  '.csv': `text/csv; ${text}`,
  '.css': `text/css; ${text}`,
  '.gif': 'image/gif',
  '.gz': 'application/gzip',
  '.html': `text/html; ${text}`,
  '.jpeg': 'image/jpeg',
  '.jpg': 'image/jpeg',
  '.js': `text/javascript; ${text}`,
  '.json': 'application/json',
  '.md': `text/markdown; ${text}`,
  '.mp4': 'video/mp4',
  '.pdf': 'application/pdf',
  '.png': 'image/png',
  '.svg': 'image/svg+xml',
  '.tar': 'application/x-tar',
  '.txt': `text/plain; ${text}`,
  '.webp': 'image/webp',
  '.xml': 'application/xml',
  '.zip': 'application/zip',
};

/** The media type of a file by its name: bytes where nobody knows. */
export function mediaTypeOf(file: string): string {
  return types[extname(file).toLowerCase()] ?? 'application/octet-stream';
}
