"""An agent on the real oslo.messaging, which proves that the gateway speaks to more than its own agent.

usage: agent.py TRANSPORT_URL HOST
"""

import logging
import signal
import sys

import oslo_messaging
from oslo_config import cfg

from cloud import Cloud
from compute import ComputeEndpoint
from network import NetworkEndpoint
from volume import VolumeEndpoint


def main(url, host):
    logging.basicConfig(level=logging.WARNING)
    cfg.CONF([], project='agent')
    oslo_messaging.set_transport_defaults('nova')
    notifier = oslo_messaging.Notifier(oslo_messaging.get_notification_transport(cfg.CONF, url=url),
                                       driver='messagingv2', topics=['notifications'])
    transport = oslo_messaging.get_rpc_transport(cfg.CONF, url=url)
    cloud = Cloud(host, notifier)
    endpoints = {'compute': ComputeEndpoint(cloud), 'network': NetworkEndpoint(cloud), 'volume': VolumeEndpoint(cloud)}
    servers = [
        oslo_messaging.get_rpc_server(transport, oslo_messaging.Target(topic=topic, server=host), [endpoint],
                                      executor='threading')
        for topic, endpoint in endpoints.items()
    ]
    # Blocked before there are threads, so that none of them takes the signal.
    signal.pthread_sigmask(signal.SIG_BLOCK, [signal.SIGTERM])
    for server in servers:
        server.start()
    print(f'agent up {host}', flush=True)
    signal.sigwait([signal.SIGTERM])
    for server in servers:
        server.stop()
    for server in servers:
        server.wait()


if __name__ == '__main__':
    main(*sys.argv[1:])
