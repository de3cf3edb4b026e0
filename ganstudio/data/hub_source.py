"""Pictures of a data set on the Hub, row by row: folders of pictures and parquet, by the library `datasets`.

The library is an optional extra. Data sets that come with a program of their own are never run: the library has no
support for them, and nothing here asks for it. Pictures are taken as bytes and decoded by images.py alone.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any, NamedTuple

from ganstudio import images
from ganstudio.data.dataset import Source
from ganstudio.words import Refused

INSTALL = 'python -m pip install "datasets>=4"'
REMOTE = ("hf://",)  # where a picture that is not in the row itself may lie: never on this machine or in its network

# What the library, the formats that it reads and the network raise while rows come in.
# ImportError: of a proxy's kind that needs a package.
_BROKEN = (OSError, ValueError, TypeError, LookupError, RuntimeError, EOFError, ImportError)


class Hub(NamedTuple):
    revision: str  # commit
    image: str  # columns; "" where there is none
    target: str
    label: str
    names: tuple[str, ...]  # of the classes, where the column holds their numbers
    total: int | None  # rows, where the Hub says so
    rows: Iterator[Mapping[str, Any]]

    def class_of(self, row: Mapping[str, Any]) -> str:
        """The row's class; "unlabelled" where it has none."""
        value = row.get(self.label)
        if isinstance(value, int) and not isinstance(value, bool) and self.names:
            return self.names[value] if 0 <= value < len(self.names) else "unlabelled"
        return "unlabelled" if value is None else str(value)


def open_hub(source: Source) -> Hub:
    """Opens the data set as a stream; raises Refused where the library or the data set is missing, the Hub does not
    answer, or a column is not there."""
    datasets = _library()
    name, _, asked = source.hub.partition("@")
    revision = resolve(name, asked or source.revision)
    try:
        stream = datasets.load_dataset(
            name, source.subset or None, split=source.split, revision=revision, streaming=True
        )
        features = dict(stream.features or {})
        told = (stream.info.splits or {}).get(source.split)
    except _failures() as error:
        raise Refused("dataset.hub_failed", id=name, reason=_short(error)) from error
    pictures = [column for column, kind in features.items() if isinstance(kind, datasets.Image)]
    classes = [column for column, kind in features.items() if isinstance(kind, datasets.ClassLabel)]
    columns = {"image": source.image, "target": source.target, "label": source.label}
    for wanted, known in (("image", pictures), ("target", pictures), ("label", list(features))):
        if columns[wanted] and columns[wanted] not in known:
            listed = ", ".join(known) or "-"
            raise Refused("dataset.hub_column", id=name, column=columns[wanted], known=listed)
    if not pictures:
        raise Refused("dataset.hub_no_pictures", id=name, known=", ".join(features) or "-")
    image = columns["image"] or next(each for each in pictures if each != columns["target"] or len(pictures) == 1)
    target = columns["target"] or next((each for each in pictures if each != image), "")
    label = columns["label"] or next(iter(classes), "")
    kept = [each for each in (image, target, label) if each]
    stream = stream.select_columns(list(dict.fromkeys(kept)))
    for column in {image, target} - {""}:
        stream = stream.cast_column(column, datasets.Image(decode=False))
    names = tuple(features[label].names) if label in classes else ()
    return Hub(revision, image, target, label, names, (told and told.num_examples) or None, _rows(stream, name))


def look(source: Source) -> dict[str, Any]:
    """{revision, image, target, label, names, count} of the data set, as `open_hub` finds them; raises Refused."""
    hub = open_hub(source)
    about = {"revision": hub.revision, "image": hub.image, "target": hub.target, "label": hub.label}
    return {**about, "names": list(hub.names), "count": hub.total}


def contents(*cells: Any) -> list[bytes]:
    """The files of cells of a column of pictures, each {bytes, path}; raises Refused."""
    return [_content(cell) for cell in cells]


def _content(cell: Any) -> bytes:
    if not isinstance(cell, Mapping):
        raise Refused("image.empty")
    data, path = cell.get("bytes"), cell.get("path")
    if isinstance(data, bytes):
        return data
    if not isinstance(path, str) or not path.split("::")[-1].startswith(REMOTE):
        raise Refused("image.empty")
    import fsspec  # comes with the library; it knows files inside archives, too

    try:
        with fsspec.open(path, "rb") as file:
            return images.read_file(file)
    except _failures() as error:
        raise Refused("dataset.hub_broke", id=path.split("::")[-1], reason=_short(error)) from error


def resolve(name: str, revision: str) -> str:
    """The commit behind a branch, tag or commit of a data set, "" being the newest; raises Refused."""
    from huggingface_hub import HfApi
    from huggingface_hub.errors import (
        GatedRepoError,
        HFValidationError,
        RepositoryNotFoundError,
        RevisionNotFoundError,
    )

    try:
        return str(HfApi().dataset_info(name, revision=revision or None, timeout=20).sha)
    except GatedRepoError as error:
        raise Refused("dataset.hub_gated", id=name) from error
    except (RepositoryNotFoundError, HFValidationError) as error:
        raise Refused("dataset.hub_absent", id=name) from error
    except RevisionNotFoundError as error:
        raise Refused("dataset.hub_revision", id=name, revision=revision) from error
    except _failures() as error:
        raise Refused("dataset.hub_unreachable", id=name, reason=_short(error)) from error


def _library() -> Any:
    try:
        import datasets
    except ImportError as error:
        raise Refused("dataset.no_library", command=INSTALL) from error
    return datasets


def _rows(stream: Any, name: str) -> Iterator[Mapping[str, Any]]:
    rows = iter(stream)
    while True:
        try:
            row = next(rows, None)
        except _failures() as error:
            raise Refused("dataset.hub_broke", id=name, reason=_short(error)) from error
        if row is None:
            return
        yield row


def _failures() -> Any:
    from huggingface_hub.errors import HfHubHTTPError

    return (*_BROKEN, *HfHubHTTPError.__bases__)  # and the HTTP client's own, another one from version to version


def _short(error: BaseException) -> str:
    return (str(error).strip().splitlines() or [type(error).__name__])[0][:200]
