"""What an agent has, and how it tells others about it."""

import copy
import functools
import threading

import oslo_messaging

from nova import exception


def command(method):
    """A method that callers may invoke: one at a time, its result as it is then, its failures answered and not logged."""

    @functools.wraps(method)
    def alone(self, *args, **kwargs):
        with self.cloud.lock:
            return copy.deepcopy(method(self, *args, **kwargs))

    return oslo_messaging.expected_exceptions(exception.NovaException)(alone)


class Cloud:
    """Instances, networks and volumes of one host by their ids, in memory: what is not running is forgotten."""

    def __init__(self, host, notifier):
        self.host = host
        self.lock = threading.Lock()
        self.instances = {}
        self.networks = {}
        self.volumes = {}
        self._notifier = notifier

    def instance(self, uuid):
        if uuid not in self.instances:
            raise exception.InstanceNotFound(instance_id=uuid)
        return self.instances[uuid]

    def network(self, network_id):
        if network_id not in self.networks:
            raise exception.NetworkNotFound(network_id=network_id)
        return self.networks[network_id]

    def volume(self, volume_id):
        if volume_id not in self.volumes:
            raise exception.VolumeNotFound(volume_id=volume_id)
        return self.volumes[volume_id]

    def notify(self, context, service, event_type, payload):
        publisher = self._notifier.prepare(publisher_id=f'{service}.{self.host}')
        publisher.info(context, event_type, payload)
