"""The topic `volume`."""

import oslo_messaging

from cloud import command
from nova import exception


class VolumeEndpoint:
    target = oslo_messaging.Target(version='1.0')

    def __init__(self, cloud):
        self.cloud = cloud

    @command
    def create_volume(self, context, volume_id, size, display_name=None, volume_type=None, snapshot_id=None):
        known = self.cloud.volumes.get(volume_id)
        if known is not None:
            return known
        volume = {
            'id': volume_id,
            'size': size,
            'display_name': display_name,
            'volume_type': volume_type,
            'status': 'available',
        }
        self.cloud.volumes[volume_id] = volume
        self._notify(context, 'volume.create.end', volume_id, status='available', size=size)
        return volume

    @command
    def extend_volume(self, context, volume_id, new_size):
        volume = self.cloud.volume(volume_id)
        if new_size < volume['size']:
            raise exception.InvalidInput(reason=f"the volume is larger already: {volume['size']} GiB")
        volume['size'] = new_size
        self._notify(context, 'volume.resize.end', volume_id, status=volume['status'], size=new_size)
        return volume

    @command
    def create_snapshot(self, context, volume_id, snapshot_id):
        self.cloud.volume(volume_id)
        self._notify(context, 'snapshot.create.end', volume_id, snapshot_id=snapshot_id, status='available')
        return {'id': snapshot_id, 'status': 'available'}

    @command
    def delete_volume(self, context, volume_id):
        volume = self.cloud.volume(volume_id)
        if volume['status'] == 'in-use':
            raise exception.InvalidVolume(reason='volume is in-use')
        del self.cloud.volumes[volume_id]
        self._notify(context, 'volume.delete.end', volume_id, status='deleted')

    def _notify(self, context, event_type, volume_id, **payload):
        self.cloud.notify(context, 'volume', event_type, {'volume_id': volume_id, **payload})
