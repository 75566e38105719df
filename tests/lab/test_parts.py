"""The lab's parts: translated frames, modules that are left alone, captures that other programs read."""

from __future__ import annotations

import os
import struct
from pathlib import Path

import pytest

from tcptune.lab.host import NotHere
from tcptune.lab.modules import need
from tcptune.lab.packet import Packet, build, parse
from tcptune.lab.translator import Translator

ETHERNET = bytes(12) + b"\x08\x00"


def segment(source: str, target: str, source_port: int, target_port: int) -> bytes:
    flags = frozenset({"PSH", "ACK"})
    return build(Packet(source, target, source_port, target_port, 7, 9, flags, 500, b"data!", 111, 222), ETHERNET)


def summed(data: bytes) -> int:
    """Return the ones' complement sum (RFC 1071), 0xffff where the checksum within is right."""
    total = sum(struct.unpack(f"!{len(data) // 2 + len(data) % 2}H", data + b"\0" * (len(data) % 2)))
    while total >> 16:
        total = (total & 0xFFFF) + (total >> 16)
    return int(total)


def checksums(frame: bytes) -> tuple[int, int]:
    tcp = frame[34:]
    return summed(frame[14:34]), summed(frame[26:34] + struct.pack("!BBH", 0, 6, len(tcp)) + tcp)


class TestTranslator:
    """What stands in for masquerading where the kernel cannot."""

    def test_changes_the_address_and_nothing_else_on_the_way_out(self) -> None:
        frame = segment("198.18.1.2", "192.0.2.2", 41000, 6000)
        seen = Translator("192.0.2.1").out(frame)
        assert seen == segment("192.0.2.1", "192.0.2.2", 41000, 6000)
        assert checksums(frame) == checksums(seen) == (0xFFFF, 0xFFFF)

    def test_brings_an_answer_back_to_whoever_sent_last_from_that_port(self) -> None:
        translator = Translator("192.0.2.1")
        translator.out(segment("198.18.1.2", "192.0.2.2", 41000, 6000))
        translator.out(segment("198.18.2.2", "192.0.2.2", 41000, 6000))
        back = translator.back(segment("192.0.2.2", "192.0.2.1", 6000, 41000))
        assert back == segment("192.0.2.2", "198.18.2.2", 6000, 41000)
        assert checksums(back) == (0xFFFF, 0xFFFF)

    def test_leaves_alone_what_it_does_not_know(self) -> None:
        translator = Translator("192.0.2.1")
        for frame in (segment("192.0.2.2", "192.0.2.1", 6000, 41000), b"\xff" * 60, b""):
            assert translator.back(frame) == frame
        own = segment("192.0.2.1", "192.0.2.2", 1, 2)
        assert translator.out(own) == own

    def test_a_frame_that_is_read_and_built_again_is_the_same(self) -> None:
        frame = segment("198.18.1.2", "192.0.2.2", 41000, 6000)
        packet = parse(frame)
        assert packet is not None
        assert build(packet, frame) == frame


def tree(root: Path, *modules: str, loaded: tuple[str, ...] = ()) -> Path:
    folder = root / "lib/modules" / os.uname().release
    folder.mkdir(parents=True)
    (folder / "modules.dep").write_text("".join(f"kernel/net/{name}.ko.xz: kernel/a.ko\n" for name in modules))
    for name in loaded:
        (root / "sys/module" / name).mkdir(parents=True)
    return root


class TestModules:
    def test_a_module_that_would_be_loaded_for_the_lab_is_named_and_left_alone(self, tmp_path: Path) -> None:
        with pytest.raises(NotHere, match=r"modprobe -a nft_ct does"):
            need("nf_tables", "nft_ct", root=tree(tmp_path, "nf_tables", "nft-ct", loaded=("nf_tables",)))

    def test_what_is_built_in_or_loaded_is_used(self, tmp_path: Path) -> None:
        root = tree(tmp_path, "nft_ct", loaded=("nft_ct",))
        (tmp_path / "lib/modules" / os.uname().release / "modules.builtin").write_text("kernel/net/nf_tables.ko\n")
        need("nf_tables", "nft_ct", root=root)

    def test_a_kernel_without_modules_answers_for_itself(self, tmp_path: Path) -> None:
        need("nf_tables", root=tmp_path)
