"""Git LFS pointers: what lies where a large file should be when a repository was cloned without git-lfs."""

from __future__ import annotations

_BEGINNINGS = (b"version https://git-lfs.github.com/spec/", b"version https://hawser.github.com/spec/")
HEAD = max(map(len, _BEGINNINGS))  # bytes of a file's beginning that tell


def is_pointer(head: bytes) -> bool:
    """Whether a file that begins with these bytes, HEAD of them or more, is such a pointer."""
    return head.startswith(_BEGINNINGS)
