"""The topic `compute`: instances, and what is attached to them."""

import contextlib
import string
import uuid

import oslo_messaging

from cloud import command
from nova import exception

POWER_STATES = {'building': 0, 'active': 1, 'paused': 3, 'stopped': 4, 'suspended': 7, 'deleted': 0}
CAPACITY_MB = 1 << 20
DISKS = [f'/dev/vd{letter}' for letter in string.ascii_lowercase[1:]]
INTERFACES = [f'eth{number}' for number in range(250)]


class ComputeEndpoint:
    target = oslo_messaging.Target(version='1.0')

    def __init__(self, cloud):
        self.cloud = cloud

    @command
    def run_instance(self, context, instance_uuid, flavor, image_ref=None, display_name=None, hostname=None,
                     metadata=None, networks=(), block_device_mapping=(), user_data=None, key_data=None,
                     availability_zone=None):
        known = self.cloud.instances.get(instance_uuid)
        if known is not None:
            return known
        used = sum(instance['flavor']['memory_mb'] for instance in self.cloud.instances.values())
        if used + flavor['memory_mb'] > CAPACITY_MB:
            raise exception.NoValidHost(reason=f'{CAPACITY_MB - used} MiB of memory are left')
        for wanted in networks:
            self.cloud.network(wanted['uuid'])
        instance = {
            'uuid': instance_uuid,
            'project_id': context.get('project_id'),
            'host': self.cloud.host,
            'flavor': flavor,
            'image_ref': image_ref,
            'display_name': display_name,
            'hostname': hostname or display_name,
            'metadata': metadata or {},
            'vm_state': 'building',
            'task_state': None,
            'power_state': POWER_STATES['building'],
            'nics': [],
            'volumes': [],
        }
        self.cloud.instances[instance_uuid] = instance
        with self._task(context, instance, 'create', 'spawning', 'active', message='Success'):
            for wanted in networks:
                self._plug(instance, wanted['uuid'], wanted.get('fixed_ip'))
        return instance

    @command
    def start_instance(self, context, instance_uuid):
        return self._change(context, instance_uuid, 'start', ('stopped',), 'power_on', 'powering-on', 'active')

    @command
    def stop_instance(self, context, instance_uuid, clean_shutdown=True):
        states = ('active', 'paused', 'suspended')
        return self._change(context, instance_uuid, 'stop', states, 'power_off', 'powering-off', 'stopped')

    @command
    def reboot_instance(self, context, instance_uuid, reboot_type='SOFT'):
        soft = reboot_type == 'SOFT'
        states = ('active',) if soft else ('active', 'stopped', 'paused', 'suspended')
        task = 'rebooting' if soft else 'rebooting_hard'
        return self._change(context, instance_uuid, 'reboot', states, 'reboot', task, 'active')

    @command
    def suspend_instance(self, context, instance_uuid):
        return self._change(context, instance_uuid, 'suspend', ('active',), 'suspend', 'suspending', 'suspended')

    @command
    def resume_instance(self, context, instance_uuid):
        return self._change(context, instance_uuid, 'resume', ('suspended',), 'resume', 'resuming', 'active')

    @command
    def pause_instance(self, context, instance_uuid):
        return self._change(context, instance_uuid, 'pause', ('active',), 'pause', 'pausing', 'paused')

    @command
    def unpause_instance(self, context, instance_uuid):
        return self._change(context, instance_uuid, 'unpause', ('paused',), 'unpause', 'unpausing', 'active')

    @command
    def resize_instance(self, context, instance_uuid, flavor):
        instance = self.cloud.instance(instance_uuid)
        with self._task(context, instance, 'resize', 'resize_prep', instance['vm_state']):
            instance['flavor'] = flavor
        return instance

    @command
    def snapshot_instance(self, context, instance_uuid, image_id):
        instance = self.cloud.instance(instance_uuid)
        with self._task(context, instance, 'snapshot', 'image_snapshot', instance['vm_state'], image_id=image_id):
            return {'image_id': image_id}

    @command
    def terminate_instance(self, context, instance_uuid):
        instance = self.cloud.instance(instance_uuid)
        with self._task(context, instance, 'delete', 'deleting', 'deleted'):
            for attachment in instance['volumes']:
                self.cloud.volumes[attachment['volume_id']]['status'] = 'available'
            del self.cloud.instances[instance_uuid]

    @command
    def attach_interface(self, context, instance_uuid, network_id, port_id=None, requested_ip=None):
        instance = self.cloud.instance(instance_uuid)
        for port in instance['nics']:
            if port['port_id'] == port_id:
                return port
        port = self._plug(instance, network_id, requested_ip, port_id)
        self._notify(context, instance, 'interface.attach', **port)
        return port

    @command
    def detach_interface(self, context, instance_uuid, port_id):
        instance = self.cloud.instance(instance_uuid)
        instance['nics'] = [port for port in instance['nics'] if port['port_id'] != port_id]
        self._notify(context, instance, 'interface.detach', port_id=port_id)

    @command
    def attach_volume(self, context, instance_uuid, volume_id, mountpoint=None, attachment_id=None):
        instance = self.cloud.instance(instance_uuid)
        volume = self.cloud.volume(volume_id)
        for attachment in instance['volumes']:
            if attachment['attachment_id'] == attachment_id:
                return attachment
        if volume['status'] != 'available':
            raise exception.InvalidVolume(reason=f"volume is {volume['status']}")
        attachment = {
            'attachment_id': attachment_id or str(uuid.uuid4()),
            'volume_id': volume_id,
            'device': mountpoint or free_name(instance['volumes'], DISKS),
        }
        instance['volumes'].append(attachment)
        volume['status'] = 'in-use'
        self._notify(context, instance, 'volume.attach', **attachment)
        return attachment

    @command
    def detach_volume(self, context, instance_uuid, volume_id):
        instance = self.cloud.instance(instance_uuid)
        volume = self.cloud.volume(volume_id)
        instance['volumes'] = [each for each in instance['volumes'] if each['volume_id'] != volume_id]
        volume['status'] = 'available'
        self._notify(context, instance, 'volume.detach', volume_id=volume_id)

    @command
    def get_instance(self, context, instance_uuid):
        return self.cloud.instance(instance_uuid)

    @command
    def list_instances(self, context, project_id=None):
        instances = self.cloud.instances.values()
        return [instance for instance in instances if project_id in (None, instance['project_id'])]

    def _change(self, context, instance_uuid, method, states, event, task, goal):
        """Takes an instance from one of `states` to `goal`, telling about both ends."""
        instance = self.cloud.instance(instance_uuid)
        state = instance['vm_state']
        if state not in states:
            raise exception.InstanceInvalidState(instance_uuid=instance_uuid, attr='vm_state', state=state,
                                                 method=method)
        with self._task(context, instance, event, task, goal):
            return instance

    @contextlib.contextmanager
    def _task(self, context, instance, event, task, goal, **extra):
        instance['task_state'] = task
        self._notify(context, instance, f'{event}.start')
        yield
        instance.update(vm_state=goal, power_state=POWER_STATES[goal], task_state=None)
        self._notify(context, instance, f'{event}.end', **extra)

    def _plug(self, instance, network_id, fixed_ip=None, port_id=None):
        self.cloud.network(network_id)
        device = free_name(instance['nics'], INTERFACES)
        number = int(device[len('eth'):])
        port = {
            'port_id': port_id or str(uuid.uuid4()),
            'network_id': network_id,
            'mac': f'fa:16:3e:00:00:{number:02x}',
            'fixed_ip': fixed_ip or f'10.0.0.{number + 5}',
            'device': device,
            'port_state': 'ACTIVE',
        }
        instance['nics'].append(port)
        return port

    def _notify(self, context, instance, event, **extra):
        payload = {
            'instance_id': instance['uuid'],
            'tenant_id': instance['project_id'],
            'display_name': instance['display_name'],
            'host': instance['host'],
            'state': instance['vm_state'],
            'state_description': instance['task_state'] or '',
            'memory_mb': instance['flavor']['memory_mb'],
            'vcpus': instance['flavor']['vcpus'],
            'metadata': instance['metadata'],
            **extra,
        }
        self.cloud.notify(context, 'compute', f'compute.instance.{event}', payload)


def free_name(fittings, names):
    """The first of the device names that none of an instance's fittings has."""
    taken = {fitting['device'] for fitting in fittings}
    return next(name for name in names if name not in taken)
