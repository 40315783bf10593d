"""Nova's exceptions, as far as agents raise them: same names, same messages, same keyword arguments."""


class NovaException(Exception):
    """The base: the keyword arguments fill in the message and travel with the failure, `code` among them."""

    msg_fmt = 'An unknown exception occurred.'
    code = 500

    def __init__(self, message=None, **kwargs):
        self.kwargs = {'code': self.code, **kwargs}
        super().__init__(message or self.msg_fmt % kwargs)


class InstanceNotFound(NovaException):
    msg_fmt = 'Instance %(instance_id)s could not be found.'
    code = 404


class NetworkNotFound(NovaException):
    msg_fmt = 'Network %(network_id)s could not be found.'
    code = 404


class VolumeNotFound(NovaException):
    msg_fmt = 'Volume %(volume_id)s could not be found.'
    code = 404


class InstanceInvalidState(NovaException):
    msg_fmt = 'Instance %(instance_uuid)s in %(attr)s %(state)s. Cannot %(method)s while the instance is in this state.'
    code = 409


class NoMoreFixedIps(NovaException):
    msg_fmt = 'No fixed IP addresses available for network: %(net)s'
    code = 409


class FixedIpInvalid(NovaException):
    msg_fmt = 'Fixed IP address %(address)s is invalid.'
    code = 400


class InvalidCidr(NovaException):
    msg_fmt = '%(cidr)s is not a valid IP network.'
    code = 400


class InvalidInput(NovaException):
    msg_fmt = 'Invalid input received: %(reason)s'
    code = 400


class InvalidVolume(NovaException):
    msg_fmt = 'Invalid volume: %(reason)s'
    code = 400


class NoValidHost(NovaException):
    msg_fmt = 'No valid host was found. %(reason)s'
    code = 503
