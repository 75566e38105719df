"""Links, addresses and routes over rtnetlink, in the network namespace that this thread is in: what `ip` would do.

Layouts are those of include/uapi/linux/rtnetlink.h, if_link.h, if_addr.h and veth.h.
"""

from __future__ import annotations

import array
import os
import socket
import struct

from tcptune.errors import TcptuneError

_HEADER = struct.Struct("=IHHII")
_NLMSG_ERROR = 2
_REQUEST, _ACK, _CREATE, _EXCL = 0x1, 0x4, 0x400, 0x200

_NEWLINK, _NEWADDR, _NEWROUTE = 16, 20, 24
_IFLA_IFNAME, _IFLA_LINKINFO, _IFLA_NET_NS_FD = 3, 18, 28
_INFO_KIND, _INFO_DATA, _VETH_INFO_PEER = 1, 2, 1
_IFA_ADDRESS, _IFA_LOCAL = 1, 2
_RTA_GATEWAY = 5
_NESTED = 0x8000

_SIOCETHTOOL, _SIOCGIFFLAGS, _SIOCSIFFLAGS, _IFF_UP = 0x8946, 0x8913, 0x8914, 1
_OFFLOADS = {"transmit checksums": 0x17, "TCP segmentation": 0x1F, "segmentation": 0x24}
"""Commands of ethtool that switch off what would leave segments unfinished on the wire."""


def attribute(kind: int, data: bytes) -> bytes:
    """Return one netlink attribute, padded."""
    return struct.pack("=HH", len(data) + 4, kind) + data + b"\0" * (-len(data) % 4)


_ROUTE = 0  # NETLINK_ROUTE, which only Linux names


def request(kind: int, flags: int, body: bytes, protocol: int = _ROUTE) -> None:
    """Send one message and wait for its acknowledgement. Raises `OSError` with what the kernel says."""
    with socket.socket(socket.AF_NETLINK, socket.SOCK_RAW | socket.SOCK_CLOEXEC, protocol) as link:
        link.settimeout(10)
        link.sendto(_HEADER.pack(_HEADER.size + len(body), kind, flags | _REQUEST | _ACK, 1, 0) + body, (0, 0))
        await_acknowledgement(link)


def await_acknowledgement(link: socket.socket) -> None:
    """Read one acknowledgement. Raises `OSError` with what the kernel says."""
    data = link.recv(65536)
    _, kind, _, _, _ = _HEADER.unpack_from(data)
    number = -int.from_bytes(data[16:20], "little" if _LITTLE else "big", signed=True)
    if kind == _NLMSG_ERROR and number:
        raise OSError(number, os.strerror(number))


_LITTLE = struct.pack("=H", 1) == b"\1\0"


def add_veth(name: str, peer: str, namespace: int) -> None:
    """Make a pair of virtual cables' ends: `name` here, `peer` in the namespace that the descriptor holds.

    Raises `TcptuneError` where the kernel has no veth.
    """
    far = struct.pack("=BxHiII", 0, 0, 0, 0, 0)
    far += attribute(_IFLA_IFNAME, peer.encode() + b"\0") + attribute(_IFLA_NET_NS_FD, struct.pack("=I", namespace))
    data = attribute(_VETH_INFO_PEER | _NESTED, far)
    info = attribute(_INFO_KIND, b"veth\0") + attribute(_INFO_DATA | _NESTED, data)
    body = struct.pack("=BxHiII", 0, 0, 0, 0, 0)
    body += attribute(_IFLA_IFNAME, name.encode() + b"\0") + attribute(_IFLA_LINKINFO | _NESTED, info)
    try:
        request(_NEWLINK, _CREATE | _EXCL, body)
    except OSError as error:
        raise TcptuneError(
            f"no virtual cable can be made here (veth): {error.strerror}",
            hint="load the kernel module veth" if not isinstance(error, PermissionError) else "run it as root",
        ) from None


def add_address(name: str, address: str, prefix: int = 24) -> None:
    """Give an interface an IPv4 address."""
    raw = socket.inet_aton(address)
    body = struct.pack("=BBBBI", socket.AF_INET, prefix, 0, 0, socket.if_nametoindex(name))
    request(_NEWADDR, _CREATE | _EXCL, body + attribute(_IFA_LOCAL, raw) + attribute(_IFA_ADDRESS, raw))


def add_default_route(gateway: str) -> None:
    """Send everything that has no other way to a gateway."""
    table_main, proto_boot, universe, unicast = 254, 3, 0, 1
    body = struct.pack("=BBBBBBBBI", socket.AF_INET, 0, 0, 0, table_main, proto_boot, universe, unicast, 0)
    request(_NEWROUTE, _CREATE | _EXCL, body + attribute(_RTA_GATEWAY, socket.inet_aton(gateway)))


def bring_up(name: str) -> None:
    """Switch an interface on."""
    import fcntl  # What explains an experiment is imported on systems that have none, too.

    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as control:
        asked = fcntl.ioctl(control, _SIOCGIFFLAGS, struct.pack("16sH22x", name.encode(), 0))
        flags = struct.unpack_from("=H", asked, 16)[0]
        fcntl.ioctl(control, _SIOCSIFFLAGS, struct.pack("16sH22x", name.encode(), flags | _IFF_UP))


def finish_segments(name: str) -> None:
    """Have every segment finished before it leaves: its checksum computed, and none longer than the wire allows."""
    import fcntl

    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as control:
        for command in _OFFLOADS.values():
            value = array.array("I", [command, 0])
            fcntl.ioctl(control, _SIOCETHTOOL, struct.pack("16sP16x", name.encode(), value.buffer_info()[0]))
