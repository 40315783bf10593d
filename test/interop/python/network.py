"""The topic `network`."""

import oslo_messaging

from cloud import command


class NetworkEndpoint:
    target = oslo_messaging.Target(version='1.0')

    def __init__(self, cloud):
        self.cloud = cloud

    @command
    def create_network(self, context, network_id, label=None, vlan=None, cidr=None, gateway=None,
                       allocation='dynamic'):
        known = self.cloud.networks.get(network_id)
        if known is not None:
            return known
        network = {
            'id': network_id,
            'label': label,
            'vlan': vlan,
            'cidr': cidr,
            'gateway': gateway,
            'allocation': allocation,
            'admin_state_up': True,
            'status': 'ACTIVE',
        }
        self.cloud.networks[network_id] = network
        self.cloud.notify(context, 'network', 'network.create.end', {'network': network})
        return network

    @command
    def update_network(self, context, network_id, values):
        network = self.cloud.network(network_id)
        network.update(values)
        network['status'] = 'ACTIVE' if network['admin_state_up'] else 'DOWN'
        self.cloud.notify(context, 'network', 'network.update.end', {'network': network})
        return network

    @command
    def delete_network(self, context, network_id):
        self.cloud.network(network_id)
        del self.cloud.networks[network_id]
        self.cloud.notify(context, 'network', 'network.delete.end', {'network_id': network_id})
