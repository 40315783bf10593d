import { randomUUID } from 'node:crypto';
import { setTimeout as delay } from 'node:timers/promises';
import type { Answer, Cloud } from './cloud.ts';
import { patiently } from './patience.ts';

const compute = 'http://schemas.ogf.org/occi/infrastructure#compute';

/** A machine as a client knows it: what it was told, and nothing else. */
export interface Known {
  /** `created`: a 201 came. `gone`: the create was refused, or a 200 to DELETE came. `unclear`: there was no answer. */
  state: 'created' | 'gone' | 'unclear';
  /** Whether a 200 to `stop` came. */
  isStopped: boolean;
}

/**
 * Clients that create, stop and delete machines through all gateways in turn, and remember what they were answered.
 * Each machine has an id that its client has chosen.
 */
export class Clients {
  /** By the UUID of the machine. */
  readonly known = new Map<string, Known>();
  /** Answers that no fault excuses. */
  readonly surprises: string[] = [];
  readonly #clouds: readonly Cloud[];
  #working: Promise<unknown> = Promise.resolve();
  #isWorking = false;
  #turns = 0;

  /** @param clouds may change: a gateway that is started again is somewhere else */
  constructor(clouds: readonly Cloud[]) {
    this.#clouds = clouds;
  }

  /** How many machines they were told to have. */
  get acknowledged(): number {
    return [...this.known.values()].filter(({ state }) => state === 'created').length;
  }

  /** Has them work until {@link rest}. */
  work(count = 8): void {
    this.#isWorking = true;
    this.#working = Promise.all(Array.from({ length: count }, () => this.#client()));
  }

  /** Waits until so many more machines are there. @throws Error when that takes a minute */
  async more(count: number): Promise<void> {
    const goal = this.acknowledged + count;
    const reached = await patiently(
      async () => this.acknowledged,
      (acknowledged) => acknowledged >= goal,
    );
    if (reached < goal) throw new Error(`clients have ${reached} machines, and wanted ${goal}`);
  }

  /** Resolves when each has had the answer it waits for. */
  async rest(): Promise<void> {
    this.#isWorking = false;
    await this.#working;
  }

  async #client(): Promise<void> {
    while (this.#isWorking) {
      try {
        await this.#turn(this.#turns++);
      } catch {
        // The gateway was killed, or cannot tell.
        await delay(20);
      }
    }
  }

  /** The life of a machine: some are stopped, most are deleted. What follows goes through the next gateway. */
  async #turn(turn: number): Promise<void> {
    const uuid = randomUUID();
    const path = `/compute/${uuid}`;
    const known: Known = { state: 'unclear', isStopped: false };
    this.known.set(uuid, known);
    const body = { kind: compute, id: `urn:uuid:${uuid}`, title: `machine ${turn}` };
    const created = await this.#through(turn).request('POST', '/compute/', body);
    if (!this.#isOneOf([201, 503], created, `POST of ${uuid}`)) return;
    if (created.status !== 201) {
      known.state = 'gone';
      await delay(20);
      return;
    }
    known.state = 'created';
    const next = this.#through(turn + 1);
    if (turn % 3 === 0 && (await this.#runs(path, next))) {
      const stopped = await next.act(path, 'stop', { method: 'poweroff' });
      // A machine whose agent has gone meanwhile cannot be stopped.
      known.isStopped = this.#isOneOf([200, 409, 503], stopped, `stop of ${uuid}`) && stopped.status === 200;
    }
    if (turn % 4 !== 0) {
      known.state = 'unclear';
      const deleted = await this.#through(turn + 2).request('DELETE', path);
      if (this.#isOneOf([200, 503], deleted, `DELETE of ${uuid}`)) {
        known.state = deleted.status === 200 ? 'gone' : 'created';
      }
    }
  }

  /** Waits until a machine runs, but not for long: what is needed for that may be away. */
  async #runs(path: string, cloud: Cloud): Promise<boolean> {
    for (let attempt = 0; attempt < 20; attempt++) {
      if ((await cloud.attribute(path, 'occi.compute.state')) === 'active') return true;
      await delay(20);
    }
    return false;
  }

  #through(turn: number): Cloud {
    return this.#clouds[turn % this.#clouds.length] as Cloud;
  }

  #isOneOf(expected: readonly number[], { status, text }: Answer, what: string): boolean {
    const isExpected = expected.includes(status);
    if (!isExpected) this.surprises.push(`${what} was answered ${status}: ${text}`);
    return isExpected;
  }
}
