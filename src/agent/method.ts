import { z } from 'zod';
import type { Method } from '../messaging/dispatcher.ts';
import type { Json, RpcRequest } from '../messaging/message.ts';
import { typeError } from './failures.ts';
import type { MachineStore } from './machine-store.ts';

/**
 * A method that only looks. Its arguments are checked first: like a Python function it refuses those it does not know.
 *
 * @throws RemoteError of class `TypeError` naming each argument that is missing, unknown or wrong
 */
export function query<A>(args: z.ZodType<A>, answer: (args: A) => Json): Method {
  return (given, request) => answer(check(args, given, request));
}

/**
 * A method that has something done, wholly or not at all, and once: a command that was accepted before is only
 * answered, with what is so by now. It is known again by its `_context_command_id`, which is the same at every
 * delivery, or by its `_unique_id` when it has none. One that was refused may come again.
 *
 * @param act what it does
 * @param answer what is so afterwards
 * @throws RemoteError as {@link query}, and whatever both of them throw
 */
export function command<A>(
  store: MachineStore,
  args: z.ZodType<A>,
  act: (args: A, request: RpcRequest) => unknown,
  answer: (args: A) => Json,
): Method {
  return (given, request) => {
    const checked = check(args, given, request);
    const id = commandIdOf(request);
    return store.atomically(() => {
      if (id === undefined || !store.accepted.has(id)) {
        act(checked, request);
        if (id !== undefined) store.accepted.add(id);
      }
      return answer(checked);
    });
  };
}

function check<A>(args: z.ZodType<A>, given: unknown, { method }: RpcRequest): A {
  const checked = args.safeParse(given);
  if (!checked.success) throw typeError(`${method}(): ${z.prettifyError(checked.error)}`);
  return checked.data;
}

function commandIdOf({ _context_command_id, _unique_id }: RpcRequest): string | undefined {
  return typeof _context_command_id === 'string' ? _context_command_id : _unique_id;
}
