import { NoReply, NoServer, RemoteError, type RpcFailure } from '../../messaging/message.ts';
import type { ErrorCode } from '../../occi/errors.ts';
import { type EntityEvent, Refusal, Unanswered, Unreachable } from '../backend.ts';
import type { NovaCommand } from './command.ts';

/** Commands after which something is not there any more. */
const removals = ['terminate_instance', 'delete_network', 'delete_volume', 'detach_interface', 'detach_volume'];

/** What a command of a topic is about. */
const subjects = { compute: 'InstanceNotFound', network: 'NetworkNotFound', volume: 'VolumeNotFound' } as const;

/** Classes that say more than their code. */
const codeByClass: Readonly<Record<string, ErrorCode>> = {
  InstanceInvalidState: 'action-not-allowed',
  InvalidVolume: 'conflict',
  NoSuchMethod: 'not-implemented',
  UnsupportedVersion: 'not-implemented',
};

const codeByStatus: Readonly<Record<number, ErrorCode>> = { 400: 'invalid-request', 403: 'conflict', 409: 'conflict' };

/**
 * What it means that a call failed: by class, then by `kwargs.code`, never by message.
 *
 * @returns the events of a removal of something that is gone already, which is as good as done
 * @throws Refusal, Unreachable, Unanswered
 */
export function outcomeOf(command: NovaCommand, error: unknown): readonly EntityEvent[] {
  if (error instanceof NoServer) {
    throw new Unreachable(`no ${command.topic} agent is there; try again later`, { cause: error });
  }
  if (error instanceof NoReply) {
    throw new Unanswered(`the ${command.topic} agent did not answer in time; try again later`, { cause: error });
  }
  if (!(error instanceof RemoteError)) throw error;
  const { failure } = error;
  const status = failure.kwargs['code'];
  if (isNotFound(failure)) {
    if (removals.includes(command.method)) return [{ id: command.id, gone: true }];
    throw new Refusal(isSubject(command, failure) ? 'not-found' : 'bad-reference', told(failure), { cause: error });
  }
  if (failure.class === 'NoValidHost' || status === 503) throw new Unreachable(told(failure), { cause: error });
  const code = codeByClass[failure.class] ?? (typeof status === 'number' ? codeByStatus[status] : undefined);
  if (code !== undefined) throw new Refusal(code, told(failure), { cause: error });
  throw new Refusal('internal', `the agent could not carry out ${command.method}`, { cause: error });
}

const isNotFound = ({ class: name, kwargs }: RpcFailure): boolean =>
  name.endsWith('NotFound') || kwargs['code'] === 404;

/** Whether it is the entity itself that is missing, not something it refers to. */
function isSubject({ topic, method }: NovaCommand, failure: RpcFailure): boolean {
  return failure.class === subjects[topic] && !method.startsWith('attach_');
}

const longestMessage = 200;

/** The agent's words as far as a client may see them: one line, shortened, never a traceback. */
function told({ message }: RpcFailure): string {
  const [line = ''] = message.split('\n', 1);
  return line.length > longestMessage ? `${line.slice(0, longestMessage)}…` : line;
}
