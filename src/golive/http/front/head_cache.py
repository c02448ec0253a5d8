"""Heads that were read before: a client that sends the same bytes again is known by them."""

from __future__ import annotations

from golive.http.front.heads import ReadHead, read_head
from golive.http.protocols import Admission, Gateway

__all__ = ["AdmittedHead", "HeadCache"]

_LONGEST = 4096
_MOST = 512


class AdmittedHead:
    """A head, and what the gateway found out about it.

    Attributes:
        read: The head, and what it says of the bytes that follow.
        admission: The gateway's.
        epoch: Of the gateway, then.
        length: Bytes of the body.
        keeps_alive: Whether the connection stays open after the answer.
        has_body: Whether the answer has one.
    """

    __slots__ = ("admission", "epoch", "has_body", "keeps_alive", "length", "read")

    def __init__(self, read: ReadHead, admission: Admission) -> None:
        self.read = read
        self.admission = admission
        self.epoch = admission.epoch
        self.length = read.length
        self.keeps_alive = read.keeps_alive
        self.has_body = read.head.method != "HEAD"


class HeadCache:
    """Reads heads and has them admitted, once for those that come again.

    Only plain heads are kept, and only in the gateway's present epoch. Connections share them from
    which the same bytes mean the same: all of a server, or where addresses count, all from one.

    Args:
        gateway: Admits.
        body_bytes: Heads of larger bodies are not kept.
        client: The address that all of them come from, or None where it does not count.
        most: How many are kept.

    Attributes:
        known: Admitted heads by their bytes.
    """

    def __init__(
        self, gateway: Gateway, *, body_bytes: int, client: str | None = None, most: int = _MOST
    ) -> None:
        self.known: dict[bytes, AdmittedHead] = {}
        self._epoch: object = gateway.epoch
        self._gateway = gateway
        self._body_bytes = body_bytes
        self._client = client
        self._most = most

    def admit(self, raw: bytes) -> AdmittedHead:
        """The admitted head of these bytes, which end with the empty line.

        Raises:
            RefusedError: They are no head.
        """
        known = self.known.get(raw)
        if known is not None and known.epoch is self._gateway.epoch:
            return known
        read = read_head(raw, self._client)
        admitted = AdmittedHead(read, self._gateway.admit(read.head))
        self.forget()
        if self._most and self._is_kept(raw, read):
            if len(self.known) >= self._most:
                self.known.clear()
            self.known[raw] = admitted
        return admitted

    def _is_kept(self, raw: bytes, read: ReadHead) -> bool:
        return len(raw) <= _LONGEST and read.is_plain and read.length <= self._body_bytes

    def forget(self) -> None:
        """Forget the heads of another epoch: they keep what answered then."""
        if self._epoch is not self._gateway.epoch:
            self._epoch = self._gateway.epoch
            self.known.clear()

    def renewed(self, head: AdmittedHead) -> AdmittedHead:
        """The head as it is admitted now; its body may have taken longer than an epoch."""
        if head.epoch is self._gateway.epoch:
            return head
        return AdmittedHead(head.read, self._gateway.admit(head.read.head))
