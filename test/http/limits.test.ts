import type { IncomingMessage } from 'node:http';
import fc from 'fast-check';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { type RuleShare, rateFields } from '../../src/http/limits/rate-fields.ts';
import { TokenBuckets } from '../../src/http/limits/token-buckets.ts';
import { clientNetwork, proxiesOf, type Trust } from '../../src/http/proxies.ts';
import type { Authenticator, Credentials } from '../../src/index.ts';
import { base, type Lab, startHomeLab } from './home-lab.ts';

describe('a token bucket', () => {
  it('lets a burst through, and then so many a second', () => {
    const buckets = new TokenBuckets({ perSecond: 4, burst: 3 }, 10);
    const take = (now: number) => buckets.take('anna', now);
    expect([0, 0, 0].map((now) => take(now))).toEqual([
      { allowed: true, remaining: 2, seconds: 1 },
      { allowed: true, remaining: 1, seconds: 1 },
      { allowed: true, remaining: 0, seconds: 1 },
    ]);
    expect([1, 249, 250, 251, 1000].map((now) => take(now).allowed)).toEqual([false, false, true, false, true]);
    expect(buckets.take('ben', 1000)).toEqual({ allowed: true, remaining: 2, seconds: 1 });
  });

  it('says when there is one more, whatever the rate and the time', () => {
    for (let now = 0.1; now < 1e7; now = now * 1.37 + 0.123) {
      const often = new TokenBuckets({ perSecond: 1, burst: 1 }, 10);
      expect(often.take('anna', now)).toEqual({ allowed: true, remaining: 0, seconds: 1 });
      expect(often.take('anna', now + 1000).allowed).toBe(true);
    }
    const buckets = new TokenBuckets({ perSecond: 0.1, burst: 1 }, 10);
    expect(buckets.take('anna', 0)).toEqual({ allowed: true, remaining: 0, seconds: 10 });
    expect(buckets.take('anna', 4000)).toEqual({ allowed: false, remaining: 0, seconds: 6 });
    expect(buckets.take('anna', 10_000).allowed).toBe(true);
  });

  it('never lets more through in any time than the burst and what has come since, and no less when nobody waits', () => {
    const rates = fc.record({ perSecond: fc.integer({ min: 1, max: 50 }), burst: fc.integer({ min: 1, max: 20 }) });
    const pauses = fc.array(fc.integer({ min: 0, max: 400 }), { minLength: 1, maxLength: 200 });
    fc.assert(
      fc.property(rates, pauses, (rate, waits) => {
        const buckets = new TokenBuckets(rate, 10);
        // The bucket as it is drawn in books.
        let now = 0;
        let tokens = rate.burst;
        for (const wait of waits) {
          now += wait;
          tokens = Math.min(rate.burst, tokens + (wait * rate.perSecond) / 1000);
          const { allowed, remaining } = buckets.take('anna', now);
          const isNear = Math.abs(tokens - Math.round(tokens)) < 1e-6;
          if (!isNear) expect(allowed).toBe(tokens >= 1);
          if (allowed) tokens -= 1;
          if (!isNear) expect(remaining).toBe(Math.max(0, Math.floor(tokens)));
        }
      }),
    );
  });

  it('is forgotten when it is full, and there are never more than so many', () => {
    const buckets = new TokenBuckets({ perSecond: 1, burst: 1 }, 100);
    for (let client = 0; client < 10_000; client++) buckets.take(String(client), 0);
    expect(buckets.size).toBe(100);
    expect(buckets.take('9999', 0).allowed).toBe(false);
    // Whoever comes later sees to it that those who have gone are forgotten.
    for (let client = 0; client < 200; client++) buckets.take(`late ${client}`, 5000 + client * 2000);
    expect(buckets.size).toBe(1);
  });

  it('of who keeps on asking is not forgotten for others', () => {
    const buckets = new TokenBuckets({ perSecond: 1, burst: 2 }, 3);
    expect(buckets.take('anna', 0).allowed).toBe(true);
    buckets.take('x', 1);
    buckets.take('y', 2);
    expect(buckets.take('anna', 3).allowed).toBe(true);
    buckets.take('z', 4);
    buckets.take('w', 5);
    expect(buckets.take('anna', 6).allowed).toBe(false);
  });
});

describe('the fields that tell of rates', () => {
  const address: RuleShare = {
    rule: 'address',
    rate: { perSecond: 20, burst: 50 },
    share: { allowed: true, remaining: 49, seconds: 1 },
  };
  const identity: RuleShare = {
    rule: 'identity',
    rate: { perSecond: 1, burst: 10 },
    share: { allowed: false, remaining: 0, seconds: 7 },
  };

  it('name each rule, and in their old form the tightest', () => {
    expect(rateFields([address, identity])).toEqual({
      'ratelimit-policy': '"address";q=50;w=3, "identity";q=10;w=10',
      ratelimit: '"address";r=49;t=1, "identity";r=0;t=7',
      'ratelimit-limit': '10',
      'ratelimit-remaining': '0',
      'ratelimit-reset': '7',
    });
    expect(rateFields([address])['ratelimit-limit']).toBe('50');
  });
});

describe('who sends a request', () => {
  it.each<[trust: Trust, peer: string | undefined, forwardedFor: string | undefined, client: string | undefined]>([
    // Nobody is believed.
    [false, '192.0.2.1', undefined, '192.0.2.1'],
    [false, '192.0.2.1', '6.6.6.6', '192.0.2.1'],
    [false, '::ffff:192.0.2.1', '6.6.6.6', '192.0.2.1'],
    [false, undefined, '6.6.6.6', undefined],
    // Whoever connects is the proxy; what the client has said before is to the left.
    [true, '10.0.0.1', undefined, '10.0.0.1'],
    [true, '10.0.0.1', '192.0.2.1', '192.0.2.1'],
    [true, '10.0.0.1', '6.6.6.6, 192.0.2.1', '192.0.2.1'],
    [true, '10.0.0.1', '6.6.6.6,10.0.0.1 ,  192.0.2.1:4711', '192.0.2.1'],
    [true, '10.0.0.1', '[2001:db8::1]:4711', '2001:db8::1'],
    [true, undefined, '192.0.2.1', '192.0.2.1'],
    // A list: the last one that is none of ours.
    [['10.0.0.0/8', 'fd00::/8'], '10.0.0.1', '6.6.6.6, 192.0.2.1, 10.9.9.9, fd00::7', '192.0.2.1'],
    [['10.0.0.0/8'], '::ffff:10.0.0.1', '192.0.2.1, ::ffff:10.2.2.2', '192.0.2.1'],
    [['10.0.0.0/8'], '192.0.2.9', '6.6.6.6', '192.0.2.9'],
    [['10.0.0.1'], '10.0.0.2', '6.6.6.6', '10.0.0.2'],
    [['10.0.0.0/8'], '10.0.0.1', '10.0.0.2, 10.0.0.3', '10.0.0.2'],
    // Rubbish says nothing, and nothing before it is believed.
    [['10.0.0.0/8'], '10.0.0.1', '6.6.6.6, unknown, 10.0.0.2', '10.0.0.2'],
    [true, '10.0.0.1', '6.6.6.6, _hidden', '10.0.0.1'],
    [true, '10.0.0.1', '', '10.0.0.1'],
    [true, '10.0.0.1', '6.6.6.6, 999.1.1.1', '10.0.0.1'],
  ])('with trust in %j, on a connection from %s, forwarded for %j: %s', (trust, peer, forwardedFor, client) => {
    expect(proxiesOf(trust).clientOf(peer, forwardedFor)).toBe(client);
  });

  it('is one IPv4 address, or one network of IPv6', () => {
    expect(clientNetwork('192.0.2.1')).toBe('192.0.2.1');
    const same = ['2001:db8:1:2::1', '2001:0db8:0001:0002:ffff:ffff:ffff:ffff', '2001:DB8:1:2::'];
    for (const address of same) expect(clientNetwork(address)).toBe('2001:db8:1:2::/64');
    expect(clientNetwork('2001:db8::1')).toBe('2001:db8:0:0::/64');
    expect(clientNetwork('::1')).toBe('0:0:0:0::/64');
    expect(clientNetwork('1:2:3:4:5:6:7:8')).toBe('1:2:3:4::/64');
    expect(clientNetwork('64:ff9b::192.0.2.1')).toBe('64:ff9b:0:0::/64');
  });
});

describe('limits of those who say who they are', () => {
  /** Believes whatever is said; a real one would be slow, and is asked only by those whom the limits let through. */
  let asked = 0;
  const trusting: Authenticator = {
    async authenticate(incoming) {
      asked += 1;
      const [user, project = 'p'] = incoming.header('x-user')?.split('@') ?? [];
      if (user === undefined) return undefined;
      return { user, project, roles: ['member'], proof: 'basic' } satisfies Credentials;
    },
  };
  let lab: Lab | undefined;
  beforeEach(() => {
    asked = 0;
  });
  afterEach(async () => {
    await lab?.close();
    lab = undefined;
  });
  const ask = async (user: string | undefined, from = '192.0.2.1', path = '/socket/') => {
    const incoming = { socket: { remoteAddress: from } } as IncomingMessage;
    const headers = { accept: 'application/occi+json', ...(user === undefined ? {} : { 'x-user': user }) };
    const response = await (lab as Lab).gateway.fetch(new Request(base + path, { headers }), { incoming });
    const text = await response.text();
    return { status: response.status, headers: response.headers, code: JSON.parse(text)?.code as string | undefined };
  };
  const open = async (options: Parameters<typeof startHomeLab>[0]) => {
    // The fixture is made through the protocol, without limits.
    const made = await startHomeLab({ authenticators: [trusting, anonymous], ...options });
    asked = 0;
    return made;
  };
  /** Those of the fixture, who have no address. */
  const anonymous: Authenticator = {
    async authenticate(incoming) {
      if (incoming.address !== undefined) return undefined;
      const user = Math.random().toString();
      return { user, project: 'p', roles: ['admin'], proof: 'basic' } satisfies Credentials;
    },
  };

  it('are for each user and project, wherever they come from', async () => {
    lab = await open({ ratePerIdentity: 1, burstPerIdentity: 2 });
    for (const remaining of ['1', '0']) {
      const { status, headers } = await ask('anna@p');
      expect(status).toBe(200);
      expect(headers.get('ratelimit-remaining')).toBe(remaining);
      expect(headers.get('ratelimit-policy')).toBe('"identity";q=2;w=2');
    }
    for (const from of ['192.0.2.1', '198.51.100.7']) {
      const { status, headers, code } = await ask('anna@p', from);
      expect([status, code]).toEqual([429, 'too-many-requests']);
      expect(headers.get('retry-after')).toBe('1');
      expect(headers.get('ratelimit')).toBe('"identity";r=0;t=1');
    }
    for (const user of ['anna@q', 'ben@p']) expect((await ask(user)).status).toBe(200);
  });

  it('of addresses are asked for before credentials are, and count refused credentials', async () => {
    lab = await open({ ratePerAddress: 1, burstPerAddress: 3 });
    expect([(await ask(undefined)).status, (await ask('anna')).status, (await ask(undefined)).status]).toEqual([
      401, 200, 401,
    ]);
    expect(asked).toBe(3);
    const refused = await ask('anna');
    expect([refused.status, asked]).toEqual([429, 3]);
    expect(refused.headers.get('ratelimit-policy')).toBe('"address";q=3;w=3');
    expect((await ask('anna', '192.0.2.2')).status).toBe(200);
  });

  it('are both told, and 404 counts as much as anything', async () => {
    lab = await open({ ratePerAddress: 100, ratePerIdentity: 1, burstPerIdentity: 1 });
    const { status, headers } = await ask('anna', '192.0.2.1', '/nothing');
    expect(status).toBe(404);
    expect(headers.get('ratelimit')).toBe('"address";r=999;t=1, "identity";r=0;t=1');
    expect((await ask('anna')).status).toBe(429);
  });

  it('are not said where there are none', async () => {
    lab = await open({});
    const { headers } = await ask('anna');
    expect([...headers.keys()].filter((name) => name.startsWith('ratelimit'))).toEqual([]);
  });
});

describe('the size of what one request asks for', () => {
  let lab: Lab;
  beforeEach(async () => {
    lab = await startHomeLab({ maxBatch: 3, maxPageSize: 2, pageSize: 1 });
  });
  afterEach(() => lab.close());
  const json = { accept: 'application/occi+json', 'content-type': 'application/occi+json' };
  const socket = { kind: 'http://lab.test/occi/home#socket' };
  const send = async (method: string, path: string, value?: object) => {
    const body = value === undefined ? {} : { body: JSON.stringify(value) };
    const { status, text } = await lab.request(method, path, { headers: json, ...body });
    return [status, JSON.parse(text).code];
  };
  const count = async () => JSON.parse((await lab.request('GET', '/socket/', { headers: json })).text).resources.length;

  it('is bounded: creations and deletions of many, and pages', async () => {
    expect(await send('POST', '/socket/', { resources: [socket, socket, socket, socket] })).toEqual([413, 'too-large']);
    expect(await count()).toBe(1);
    expect(await send('POST', '/socket/', { resources: [socket, socket, socket] })).toEqual([200, undefined]);
    expect(await send('DELETE', '/socket/')).toEqual([413, 'too-large']);
    expect(await count()).toBe(4);
    expect(await send('GET', '/socket/?page=1&number=3')).toEqual([413, 'too-large']);
    expect(await send('GET', '/socket/?page=1&number=2')).toEqual([200, undefined]);
  });
});
