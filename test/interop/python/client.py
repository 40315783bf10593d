"""A client on the real oslo.messaging, told what to do by lines of JSON: one request a line, one answer a line.

usage: client.py TRANSPORT_URL

A request is `{"id": …, "do": "call" | "cast" | "fanout" | "notify" | "listen", …}`; see the functions of that name for
the rest. Its answer is `{"id": …, "result": …}` or `{"id": …, "exception": {…}}`. What a listener hears comes as
`{"notification": {…}}` in between.
"""

import functools
import json
import logging
import sys
import threading

import oslo_messaging
from oslo_config import cfg


class Client:
    def __init__(self, url, write):
        self._url = url
        self._write = write

    def call(self, context, method, args, **options):
        return self._prepare(**options).call(context, method, **args)

    def cast(self, context, method, args, **options):
        return self._prepare(**options).cast(context, method, **args)

    def fanout(self, context, method, args, **options):
        return self._prepare(fanout=True, **options).cast(context, method, **args)

    def notify(self, context, publisher_id, event_type, payload, priority='info'):
        notifier = oslo_messaging.Notifier(self._notifications(), publisher_id, driver='messagingv2',
                                           topics=['notifications'])
        getattr(notifier, priority)(context, event_type, payload)

    def listen(self, context, requeue_first=False):
        """Prints every notification from now on; the first is given back once when told so, and comes again."""
        target = oslo_messaging.Target(topic='notifications')
        listener = oslo_messaging.get_notification_listener(
            self._notifications(), [target], [Listener(self._write, requeue_first)], executor='threading',
            allow_requeue=True)
        listener.start()

    def _prepare(self, allowed_remote_exmods=('nova.exception',), at_least_once=False, monitor_timeout=None, **target):
        options = oslo_messaging.TransportOptions(at_least_once=at_least_once)
        client = oslo_messaging.RPCClient(self._transport(tuple(allowed_remote_exmods)), oslo_messaging.Target(),
                                          transport_options=options)
        return client.prepare(call_monitor_timeout=monitor_timeout, **target)

    @functools.lru_cache
    def _transport(self, allowed_remote_exmods):
        return oslo_messaging.get_rpc_transport(cfg.CONF, url=self._url, allowed_remote_exmods=allowed_remote_exmods)

    @functools.lru_cache
    def _notifications(self):
        return oslo_messaging.get_notification_transport(cfg.CONF, url=self._url)


class Listener:
    def __init__(self, write, requeue_first):
        self._write = write
        self._requeue = requeue_first

    def _hear(self, priority, context, publisher_id, event_type, payload, metadata):
        self._write({'notification': {
            'priority': priority, 'context': context, 'publisher_id': publisher_id, 'event_type': event_type,
            'payload': payload, 'metadata': metadata,
        }})
        requeue, self._requeue = self._requeue, False
        return (oslo_messaging.NotificationResult.REQUEUE if requeue else oslo_messaging.NotificationResult.HANDLED)

    info = functools.partialmethod(_hear, 'info')
    warn = functools.partialmethod(_hear, 'warn')
    error = functools.partialmethod(_hear, 'error')


def described(error):
    """An exception as an `except` clause sees it; `exc_type` is there when oslo.messaging did not rebuild it."""
    kind = type(error)
    return {
        'class': kind.__name__.removesuffix('_Remote'),
        'module': kind.__module__.removesuffix('_Remote'),
        'message': str(error),
        'args': error.args,
        'kwargs': getattr(error, 'kwargs', {}),
        'exc_type': getattr(error, 'exc_type', None),
    }


def main(url):
    logging.basicConfig(level=logging.WARNING)
    cfg.CONF([], project='client')
    oslo_messaging.set_transport_defaults('nova')
    lock = threading.Lock()

    def write(answer):
        with lock:
            print(json.dumps(answer, default=str), flush=True)

    client = Client(url, write)

    def handle(id, do, context=None, **request):
        try:
            write({'id': id, 'result': getattr(client, do)(context or {}, **request)})
        except Exception as error:
            write({'id': id, 'exception': described(error)})

    print('client up', flush=True)
    for line in sys.stdin:
        threading.Thread(target=handle, kwargs=json.loads(line), daemon=True).start()


if __name__ == '__main__':
    main(*sys.argv[1:])
