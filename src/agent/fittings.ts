import { attempt } from './attempt.ts';
import type { Host } from './host.ts';
import type { Instance } from './instance.ts';

/** Something that is put on an instance and taken off again: a network interface, a volume. */
export interface Fitting {
  readonly state: 'attaching' | 'attached' | 'detaching' | 'error';
}

/** How fittings of one sort are handled. */
export interface Fitter<F extends Fitting> {
  idOf(fitting: F): string;
  on(instance: Instance): readonly F[];
  with(instance: Instance, fittings: readonly F[]): Instance;
  /** What has to be ready first, besides the instance; and what may be worked on by one at a time only. */
  awaits(fitting: F): { readonly ready: readonly string[]; readonly alone: readonly string[] };
  /** @throws Error whose message users get to read */
  attach(instance: Instance, fitting: F): Promise<void>;
  /** @throws Error whose message users get to read */
  detach(instance: Instance, fitting: F): Promise<void>;
  /** Gives back what a fitting held that is gone now. */
  release(fitting: F): void;
  /** Tells the world. A fitting that is gone is still `detaching`. */
  announce(what: 'attach' | 'detach', instance: Instance, fitting: F, fault: string | null): void;
}

/**
 * Attaches and detaches, after everything else that was asked for on the instance before. The state is part of the
 * instance's record, so that work is taken up again after a restart. A failure is the fitting's own: the instance
 * goes on without it.
 */
export class Fittings<F extends Fitting> {
  readonly #host: Host;
  readonly #fitter: Fitter<F>;

  constructor(host: Host, fitter: Fitter<F>) {
    this.#host = host;
    this.#fitter = fitter;
  }

  /** Puts a new fitting, in state `attaching`, on an instance. */
  add(instance: Instance, fitting: F): void {
    this.#put(this.#fitter.with(instance, [...this.#fitter.on(instance), fitting]));
    this.#schedule(instance.uuid, fitting);
  }

  /** Takes a fitting off; asking again does no harm. */
  remove(instance: Instance, fitting: F): void {
    this.#change(instance.uuid, fitting, 'detaching');
    this.#schedule(instance.uuid, fitting);
  }

  /** Takes up what was not finished when the agent ended. */
  resume(): void {
    for (const instance of this.#host.store.instances.all()) {
      for (const fitting of this.#fitter.on(instance)) {
        if (fitting.state === 'attaching' || fitting.state === 'detaching') this.#schedule(instance.uuid, fitting);
      }
    }
  }

  #schedule(uuid: string, fitting: F): void {
    const { ready, alone } = this.#fitter.awaits(fitting);
    this.#host.lanes.run([uuid, ...alone], () => this.#work(uuid, this.#fitter.idOf(fitting)), ready);
  }

  /** Does what the state asks for now. The instance, the fitting or the need may be gone. */
  async #work(uuid: string, id: string): Promise<void> {
    const instance = this.#host.store.instances.get(uuid);
    const fitting = instance === undefined ? undefined : this.#find(instance, id);
    if (instance === undefined || fitting === undefined) return;
    if (fitting.state === 'attaching') await this.#attach(instance, fitting);
    else if (fitting.state === 'detaching') await this.#detach(instance, fitting);
  }

  async #attach(instance: Instance, fitting: F): Promise<void> {
    const fault = await attempt(this.#host.stopping, () => this.#fitter.attach(instance, fitting));
    if (fault === undefined) return;
    this.#conclude('attach', instance.uuid, fitting, fault === null ? 'attached' : 'error', fault);
  }

  async #detach(instance: Instance, fitting: F): Promise<void> {
    const fault = await attempt(this.#host.stopping, () => this.#fitter.detach(instance, fitting));
    if (fault === undefined) return;
    if (fault !== null) {
      this.#conclude('detach', instance.uuid, fitting, 'error', fault);
      return;
    }
    const { on, idOf } = this.#fitter;
    const now = this.#host.store.instances.get(instance.uuid) as Instance;
    const rest = this.#fitter.with(
      now,
      on(now).filter((other) => idOf(other) !== idOf(fitting)),
    );
    this.#host.store.atomically(() => {
      this.#put(rest);
      this.#fitter.release(fitting);
    });
    this.#fitter.announce('detach', rest, fitting, null);
  }

  /** Records and announces how something ended, unless something else has been asked for meanwhile. */
  #conclude(what: 'attach' | 'detach', uuid: string, fitting: F, state: F['state'], fault: string | null): void {
    const instance = this.#host.store.instances.get(uuid) as Instance;
    if (this.#find(instance, this.#fitter.idOf(fitting))?.state !== fitting.state) return;
    this.#fitter.announce(what, this.#change(uuid, fitting, state), { ...fitting, state }, fault);
  }

  #change(uuid: string, fitting: F, state: F['state']): Instance {
    const { on, idOf } = this.#fitter;
    const instance = this.#host.store.instances.get(uuid) as Instance;
    const fittings = on(instance).map((other) => (idOf(other) === idOf(fitting) ? { ...other, state } : other));
    return this.#put(this.#fitter.with(instance, fittings));
  }

  #find(instance: Instance, id: string): F | undefined {
    return this.#fitter.on(instance).find((fitting) => this.#fitter.idOf(fitting) === id);
  }

  #put(instance: Instance): Instance {
    this.#host.store.instances.put(instance.uuid, instance);
    return instance;
  }
}
