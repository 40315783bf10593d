import { type Json, RemoteError } from '../messaging/message.ts';

/**
 * The failures agents answer with. Callers tell them apart by class and `code`, so both are Nova's own; the HTTP-like
 * `code` is among the keyword arguments, as in Nova.
 */
function novaException(name: string, code: number, message: string, kwargs: Readonly<Record<string, Json>>) {
  const exception = { class: name, module: 'nova.exception', message, tb: [], args: [message] };
  return new RemoteError({ ...exception, kwargs: { ...kwargs, code } });
}

/** Arguments that are missing, unknown or of the wrong type. */
export const typeError = (message: string): RemoteError =>
  new RemoteError({ class: 'TypeError', module: 'builtins', message, tb: [], args: [message], kwargs: {} });

/** There is no such instance. */
export const instanceNotFound = (id: string): RemoteError =>
  novaException('InstanceNotFound', 404, `Instance ${id} could not be found.`, { instance_id: id });

/** There is no such network. */
export const networkNotFound = (id: string): RemoteError =>
  novaException('NetworkNotFound', 404, `Network ${id} could not be found.`, { network_id: id });

/** There is no such volume. */
export const volumeNotFound = (id: string): RemoteError =>
  novaException('VolumeNotFound', 404, `Volume ${id} could not be found.`, { volume_id: id });

/**
 * The instance is not in a state for that.
 *
 * @param attr which attribute of the instance is in the way: `vm_state` or `task_state`
 */
export function instanceInvalidState(id: string, attr: string, state: string, method: string): RemoteError {
  const message = `Instance ${id} in ${attr} ${state}. Cannot ${method} while the instance is in this state.`;
  return novaException('InstanceInvalidState', 409, message, { instance_uuid: id, attr, state, method });
}

/** The volume is not in a state for that. */
export const invalidVolume = (reason: string): RemoteError =>
  novaException('InvalidVolume', 400, `Invalid volume: ${reason}`, { reason });

/** An argument is well-formed and makes no sense all the same. */
export const invalidInput = (reason: string): RemoteError =>
  novaException('InvalidInput', 400, `Invalid input received: ${reason}`, { reason });

/** What is to be created cannot be had here. */
export const noValidHost = (reason: string): RemoteError =>
  novaException('NoValidHost', 503, `No valid host was found. ${reason}`, { reason });

/** The range of a network is none. */
export const invalidCidr = (cidr: string): RemoteError =>
  novaException('InvalidCidr', 400, `${cidr} is not a valid IP network.`, { cidr });

/** All addresses of a network are in use. */
export const noMoreFixedIps = (network: string): RemoteError =>
  novaException('NoMoreFixedIps', 409, `No fixed IP addresses available for network: ${network}`, { net: network });

/** The address asked for is none of the network. */
export const fixedIpInvalid = (address: string): RemoteError =>
  novaException('FixedIpInvalid', 400, `Fixed IP address ${address} is invalid.`, { address });

/** The address asked for belongs to another port. */
export const fixedIpAlreadyInUse = (address: string): RemoteError =>
  novaException('FixedIpAlreadyInUse', 409, `Fixed IP address ${address} is already in use.`, { address });

/** The port is being unplugged or on another network. */
export const portInUse = (id: string): RemoteError =>
  novaException('PortInUse', 409, `Port ${id} is still in use.`, { port_id: id });

/** The instance has no such port. */
export const portNotFound = (id: string): RemoteError =>
  novaException('PortNotFound', 404, `Port id ${id} could not be found.`, { port_id: id });

/** The volume is not on the instance. */
export const volumeNotAttached = (id: string): RemoteError =>
  novaException('VolumeBDMNotFound', 404, `No volume Block Device Mapping with id ${id}.`, { volume_id: id });

/** The device asked for belongs to another volume. */
export const devicePathInUse = (path: string): RemoteError =>
  novaException('DevicePathInUse', 409, `The supplied device path (${path}) is in use.`, { path });

/** There is no device left for another volume. */
export function tooManyDiskDevices(maximum: number): RemoteError {
  const message = `The maximum allowed number of disk devices (${maximum}) to attach to a single instance has been exceeded.`;
  return novaException('TooManyDiskDevices', 403, message, { maximum });
}
