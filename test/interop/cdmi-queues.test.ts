import { expect, it } from 'vitest';
import { speaking } from '../http/cdmi/cdmi-lab.ts';
import { describeWith } from './lab/shared.ts';
import { twoCdmiGateways } from './two-cdmi-gateways.ts';

const describeWithPostgreSql = await describeWith('postgresql');

const lanes = 6;
/** Something happens when so many values have been moved. */
const disturbedAfter = 60;
const each = 40;

interface Outcome {
  readonly acknowledged: ReadonlySet<string>;
  readonly asked: ReadonlySet<string>;
  /** What each consumer has. */
  readonly taken: readonly (readonly string[])[];
}

describeWithPostgreSql('queues through two gateways on one database', () => {
  const pair = twoCdmiGateways();

  /** Asks one of the gateways; undefined when nobody knows what came of it, because that was killed. */
  async function ask(number: number, method: string, path: string, body?: object, headers = {}) {
    const gateway = pair.gateway(number);
    try {
      const response = await fetch(`${gateway.url}/cdmi/${path}`, {
        method,
        headers: { ...speaking('queue'), ...headers },
        ...(body && { body: JSON.stringify(body) }),
      });
      const text = await response.text();
      return { status: response.status, text, etag: response.headers.get('etag') ?? '' };
    } catch (error) {
      if (!(error instanceof TypeError)) throw error;
      expect(await gateway.ended).toMatchObject({ signal: 'SIGKILL' });
      return undefined;
    }
  }

  async function make(path: string): Promise<void> {
    expect(await ask(0, 'PUT', path, {})).toMatchObject({ status: 201 });
  }

  /** All that is in a queue, by a gateway that lives. */
  async function valuesIn(path: string): Promise<readonly string[]> {
    const answer = await ask(1, 'GET', `${path}?values:1000`);
    expect(answer?.status, answer?.text).toBe(200);
    const { value = [] } = JSON.parse(answer?.text ?? '') as { readonly value?: readonly string[] };
    return value;
  }

  const numberOf = (value: string) => Number(value.split('-')[1]);
  function expectInOrder(values: readonly string[]): void {
    for (const own of Map.groupBy(values, (value) => value.split('-')[0]).values()) {
      expect(own.map(numberOf)).toEqual(own.map(numberOf).toSorted((a, b) => a - b));
    }
  }

  it('[CDMI-Q6] [CDMI-Q10] [CDMI-G24] values leave in the order of their designators, each once', {
    timeout: 120_000,
  }, async () => {
    await make('line');
    const value = Array.from({ length: lanes * each }, (_, number) => `line-${number}`);
    expect(await ask(0, 'POST', 'line', { value })).toMatchObject({ status: 204 });
    const taken = await Promise.all(
      Array.from({ length: lanes }, async (_, lane) => {
        const own: string[] = [];
        for (;;) {
          const read = await ask(lane, 'GET', 'line?value');
          const [oldest] = (JSON.parse(read?.text ?? '') as { readonly value?: readonly string[] }).value ?? [];
          if (oldest === undefined) return own;
          const removed = await ask(lane, 'DELETE', 'line?value', undefined, { 'if-match': read?.etag });
          expect([204, 412]).toContain(removed?.status);
          if (removed?.status === 204) own.push(oldest);
        }
      }),
    );
    expect(taken.flat().sort()).toEqual(value.toSorted());
    for (const own of taken) expectInOrder(own);
  });

  /** Has values put into a queue and moved out of it from all sides, and disturbs that once. */
  async function disturbed(queue: string, disturb: () => void): Promise<Outcome> {
    await make(queue);
    for (let lane = 0; lane < lanes; lane++) await make(`${queue}-${lane}`);
    const acknowledged = new Set<string>();
    const asked = new Set<string>();
    let moved = 0;
    const produce = async (_: unknown, lane: number) => {
      for (let number = 0; number < each; number++) {
        const value = `${lane}-${number}`;
        asked.add(value);
        const answer = await ask(lane, 'POST', queue, { value: [value] });
        if (answer === undefined) return;
        if (answer.status === 204) acknowledged.add(value);
        else expect(answer.status, answer.text).toBe(503);
      }
    };
    let isOver = false;
    const consume = async (_: unknown, lane: number) => {
      for (;;) {
        const wasOver = isOver;
        const answer = await ask(lane, 'POST', `${queue}-${lane}`, { move: `/cdmi/${queue}` });
        if (answer === undefined) return;
        if (answer.status !== 204) expect(answer.status, answer.text).toBe(503);
        else if (++moved === disturbedAfter) disturb();
        if (wasOver && (await valuesIn(queue)).length === 0) return;
      }
    };
    const consuming = Promise.all(Array.from({ length: lanes }, consume));
    await Promise.all(Array.from({ length: lanes }, produce));
    isOver = true;
    await consuming;
    const taken = await Promise.all(Array.from({ length: lanes }, (_, lane) => valuesIn(`${queue}-${lane}`)));
    return { acknowledged, asked, taken };
  }

  function expectOnceAndInOrder({ acknowledged, asked, taken }: Outcome): void {
    for (const own of taken) expectInOrder(own);
    const out = taken.flat();
    expect(new Set(out).size).toBe(out.length);
    expect(out).toEqual(expect.arrayContaining([...acknowledged]));
    for (const value of out) expect(asked).toContain(value);
    expect(acknowledged.size).toBeGreaterThan(disturbedAfter);
  }

  it('[CDMI-Q6] [CDMI-Q9] [CDMI-G21] each value comes out once and in order, though the database is killed', {
    timeout: 180_000,
  }, async () => {
    let restarted: Promise<void> | undefined;
    const restart = async () => {
      await pair.database.kill();
      await pair.database.start();
    };
    const outcome = await disturbed('lasting', () => {
      restarted = restart();
    });
    await restarted;
    expectOnceAndInOrder(outcome);
  });

  it('[CDMI-Q6] [CDMI-Q9] [CDMI-G21] each value comes out once and in order, though one of them is killed', {
    timeout: 180_000,
  }, async () => {
    const outcome = await disturbed('busy', () => pair.gateway(0).process.kill('SIGKILL'));
    expect(await pair.gateway(0).ended).toMatchObject({ signal: 'SIGKILL' });
    expectOnceAndInOrder(outcome);
    // Of each who got no answer at the end one may be there, or not.
    expect(outcome.asked.size - outcome.acknowledged.size).toBeLessThanOrEqual(lanes);
  });
});
