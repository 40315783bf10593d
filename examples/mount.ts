/** An OCCI gateway inside another Hono application, under a prefix. Run it with `node examples/mount.ts`. */
import { pathToFileURL } from 'node:url';
import { type HttpBindings, serve } from '@hono/node-server';
import { Hono } from 'hono';
import { createGateway, type Gateway } from '../src/index.ts';

/** The application: its own pages, and the gateway below `/occi`. */
export function application(gateway: Gateway): Hono<{ Bindings: HttpBindings }> {
  const app = new Hono<{ Bindings: HttpBindings }>();
  app.get('/', (c) => c.text('The clouds are at /occi/-/'));
  app.all('/occi/*', (c) => gateway.fetch(c.req.raw, c.env));
  return app;
}

if (import.meta.url === pathToFileURL(process.argv[1] ?? '').href) {
  const gateway = await createGateway({ dataDir: './data', prefix: '/occi' });
  const server = serve({ fetch: application(gateway).fetch, port: 3000 }, ({ port }) => {
    console.log(`http://127.0.0.1:${port}/occi/-/`);
  });
  process.on('SIGTERM', () => server.close(() => gateway.close()));
}
