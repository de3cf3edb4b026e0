"""HEIC, as phones make it, decoded in a process of its own: damaged files crash the decoder, and then it alone dies.

Run as a script this is that process, without the project around it: a file on the standard input, its pixels on the
standard output.
"""

from __future__ import annotations

import io
import struct
import subprocess
import sys

from PIL import Image

SECONDS, PATIENCE = 30, 120  # of the processor, and by the clock of a busy machine; the largest pictures take five
MEMORY = 3 * 2**30  # bytes of the process's address space
_HEAD = struct.Struct(">?III")  # whether RGBA, width, height, bytes of the colour profile


def open_heic(data: bytes, most_pixels: int, longest: int) -> Image.Image:
    """The first picture of a HEIC: upright, RGB or RGBA, `info` holding its colour profile alone.

    Raises ValueError for a damaged one and for one of more than `most_pixels`, or with a side over `longest`.
    """
    command = [sys.executable, "-I", __file__, str(most_pixels), str(longest)]
    try:
        done = subprocess.run(command, input=data, capture_output=True, timeout=PATIENCE, check=True)
    except (OSError, subprocess.SubprocessError) as error:
        raise ValueError("the decoder gave no picture") from error
    has_alpha, width, height, profile = _HEAD.unpack_from(done.stdout)
    start = _HEAD.size + profile
    image = Image.frombytes("RGBA" if has_alpha else "RGB", (width, height), done.stdout[start:])
    if profile:
        image.info["icc_profile"] = done.stdout[_HEAD.size : start]
    return image


def _main(most_pixels: int, longest: int) -> int:
    import pi_heif

    if sys.platform != "win32":
        import resource

        resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
        resource.setrlimit(resource.RLIMIT_CPU, (SECONDS, SECONDS))
        if sys.platform == "linux":  # elsewhere the system itself may take more addresses
            resource.setrlimit(resource.RLIMIT_AS, (MEMORY, MEMORY))
    pi_heif.register_heif_opener(thumbnails=False, decode_threads=1)
    with Image.open(io.BytesIO(sys.stdin.buffer.read()), formats=("HEIF",)) as image:
        if max(image.size) > longest or image.width * image.height > most_pixels:
            return 1
        profile = image.info.get("icc_profile")
        plain = image.convert("RGBA" if image.has_transparency_data else "RGB")
    profile = profile if isinstance(profile, bytes) else b""
    sys.stdout.buffer.write(_HEAD.pack(plain.mode == "RGBA", *plain.size, len(profile)) + profile)
    sys.stdout.buffer.write(plain.tobytes())
    return 0


if __name__ == "__main__":
    sys.exit(_main(int(sys.argv[1]), int(sys.argv[2])))
