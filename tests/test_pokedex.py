"""Tables of labels that people give, tables of statistics that they get, and the table that ships."""

from __future__ import annotations

import csv
import io
import unicodedata
from pathlib import Path

import numpy as np
import pytest

from ganstudio.analysis.colour import ColourStatistics
from ganstudio.data import pokedex
from ganstudio.data.pokedex import Entry, Label, key, read_labels, rows, write
from ganstudio.typenames import TYPES
from ganstudio.words import Refused, say


def test_the_shipped_table() -> None:
    entries = rows()
    assert len(entries) == 773 == len({entry.id for entry in entries})
    assert pokedex.TABLE.stat().st_size < 400_000
    assert b"\r" not in pokedex.TABLE.read_bytes()
    by_id = {entry.id: entry for entry in entries}
    assert by_id["1"].names == ("Bulbasaur", "フシギダネ") and by_id["1"].types == ("grass", "poison")
    assert by_id["25"].types == ("electric",)
    for entry in entries:
        found = entry.statistics
        assert all(entry.names) and entry.types and set(entry.types) <= set(TYPES)
        assert found.pixels > 0 and all(0 < level < 255 for level in found.mean)
        assert (len(found.hue), len(found.saturation), len(found.value)) == (36, 16, 16)
        assert all(abs(sum(shares) - 1) < 0.02 for shares in (found.hue, found.saturation, found.value))


def test_the_shipped_table_agrees_with_what_everybody_knows() -> None:
    def mean(type_: str) -> np.ndarray:
        return np.mean([entry.statistics.mean for entry in rows() if entry.types[0] == type_], axis=0)

    fire, water, grass, electric = map(mean, ("fire", "water", "grass", "electric"))
    assert fire[0] > fire[1] > fire[2] and water[2] > water[0] and grass[1] > max(grass[0], grass[2])
    assert electric[2] < min(electric[:2])


def test_pictures_on_white_do_not_stand_apart_in_the_shipped_table() -> None:
    """Those from 810 on are lossy pictures on white: counted with their paper, they were 40 levels paler."""
    older, newer = (
        np.mean([entry.statistics.mean for entry in rows() if (int(entry.id) >= 810) == late]) for late in (False, True)
    )
    assert abs(newer - older) < 15


def test_labels_of_a_file(tmp_path: Path) -> None:
    table = tmp_path / "labels.csv"
    table.write_text(
        "\ufeffid,name_en,name_ja,type1,type2\n001,Bulbasaur,フシギダネ,Grass, poison\n4,Charmander,,fire,\n"
    )
    labels = read_labels(table)
    assert labels == {
        "1": Label(("Bulbasaur", "フシギダネ"), ("grass", "poison")),
        "4": Label(("Charmander", "Charmander"), ("fire",)),
    }
    assert read_labels(table.read_bytes()) == labels
    assert labels[key("0001")] == labels[key("1")]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("file,type1\nFoo.PNG,fire\n", {"foo": Label(("", ""), ("fire",))}),
        ("type1,id\nice,0\n", {"0": Label(("", ""), ("ice",))}),
        ('id,type1,name_en\n7,water,"Say ""hi"", he said"\n', {"7": Label(('Say "hi", he said',) * 2, ("water",))}),
        ("id,type1\r\n7,water\r\n,\r\n", {"7": Label(("", ""), ("water",))}),
        ("id,type1,type2\n7,water,water\n", {"7": Label(("", ""), ("water",))}),
    ],
)
def test_forms_of_labels(text: str, expected: dict[str, Label]) -> None:
    assert read_labels(text.encode()) == expected


@pytest.mark.parametrize(
    "text",
    [
        *(
            "id;type1\nbulba;grass\n",
            "id\ttype1\nbulba\tgrass\n",
            "ID,Type1\nBulba,Grass\n",
            "id, type1\nbulba, grass\n",
        ),
        *("Name,Type1\nBulba,Grass\n", "#,Name,Type 1,Type 2\n1,Bulba,Grass,\n", "sep=;\nid;type1\nbulba;grass\n"),
        *(
            "file_name|label\nx/bulba.jfif|grass\n",
            'id, type1\n"bulba", "grass"\n',
            "filename,class\nx\\bulba.PNG,grass\n",
        ),
        *("ｉｄ，ｔｙｐｅ１".replace("，", ",") + "\nｂｕｌｂａ,grass\n", "id,type1\r\nbulba,grass\r\nbulba,grass\r\n"),
    ],
)
@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16"])
def test_tables_as_they_come(text: str, encoding: str) -> None:
    labels = read_labels(text.encode(encoding))
    label = labels.of("BULBA")
    assert label is not None and label.types == ("grass",) and labels.twice == 0
    assert labels.unused(["bulba", "other"]) == 0 and labels.unused(["other"]) == len(labels) == 1


def test_ids_compare_by_their_letters() -> None:
    labels = read_labels("id,type1\n００１,grass\nポ,fire\n".encode())
    assert labels.of("1") and labels.of("001") and labels.of(unicodedata.normalize("NFD", "ポ"))
    labels = read_labels(b"id,type1\n6,fire\n6,dragon\n006,fire\n")
    assert labels.of("6").types == ("fire",) and labels.twice == 1  # type: ignore[union-attr]


def test_a_pointer_to_a_table_says_how_to_fetch_it() -> None:
    with pytest.raises(Refused) as caught:
        read_labels(b"version https://git-lfs.github.com/spec/v1\noid sha256:00\nsize 4\n")
    assert caught.value.key == "file.pointer"


@pytest.mark.parametrize(
    ("data", "refusal", "words"),
    [
        (b"", "labels.columns", ""),
        (b"id,kind\n1,fire\n", "labels.columns", "id, kind"),
        (b"type1\nfire\n", "labels.columns", "type1"),
        (b"id,type1\n1,fire\n2,lava\n", "labels.type", "lava"),
        (b"id,type1\n1,\n", "labels.type", "2"),
        (b"id,type1,type2\n1,fire,?\n", "labels.type", "?"),
        (b"id,type1\n", "labels.empty", ""),
        ("id,type1,name_ja\n1,fire,ヒトカゲ\n".encode("cp932"), "labels.unreadable", "UTF-8"),
        (b"id,type1\n1," + b"x" * 200_000 + b"\n", "labels.unreadable", ""),
        (b"PK\3\4\0\0\0", "labels.unreadable", "CSV"),
        ("id,type1\n1,fire\n".encode("utf-16-le"), "labels.unreadable", "UTF-8"),
        (b"\r\n\nid,type1\n1,fire\n2,lava\n", "labels.type", "Line 5 "),
        (b"id,type1\n" + b"1,fire\n" * 1_500_000, "labels.too_large", "10 MB"),
    ],
)
def test_tables_that_are_none(data: bytes, refusal: str, words: str) -> None:
    with pytest.raises(Refused) as caught:
        read_labels(data)
    assert caught.value.key == refusal
    assert words in str(caught.value) and len(str(caught.value)) < 500 and caught.value.say("ja")


def test_tables_that_cannot_be_read(tmp_path: Path) -> None:
    for path in (tmp_path / "absent.csv", tmp_path):
        with pytest.raises(Refused) as caught:
            read_labels(path)
        assert caught.value.key == "labels.unreadable" and str(path) in str(caught.value)


def entry(name: str, types: tuple[str, ...] = ()) -> Entry:
    hue = (0.5, 0.5) + (0.0,) * 34
    flat = (1 / 16,) * 16
    return Entry(
        name, (name, "名"), types, ColourStatistics(12, (1.25, 20.0, 254.96), (0.0, 5.5, 9.0), hue, flat, flat)
    )


def test_what_is_written_can_be_read_as_labels_and_as_numbers(tmp_path: Path) -> None:
    file = tmp_path / "statistics.csv"
    with file.open("w", encoding="utf-8", newline="") as target:
        write(iter([entry("7", ("water",)), entry('a "b", c\nd', ("fire", "flying"))]), target)
    assert read_labels(file)["7"] == Label(("7", "名"), ("water",))
    first, second = csv.DictReader(file.open(encoding="utf-8", newline=""))
    assert second["id"] == 'a "b", c\nd' and (second["type1"], second["type2"]) == ("fire", "flying")
    assert first["mean"].split()[1:] == ["20.0", "255.0"] and first["hue"].split()[:3] == ["500", "500", "0"]
    assert len(first["value"].split()) == 16


@pytest.mark.parametrize("name", ["=1+1", "+1", "-1", "@x", "\tx"])
def test_no_spreadsheet_takes_a_name_for_a_formula(name: str) -> None:
    file = io.StringIO()
    write([entry(name)], file)
    (row,) = csv.DictReader(io.StringIO(file.getvalue(), newline=""))
    assert row["id"] == row["name_en"] == "'" + name


@pytest.mark.parametrize("type_", TYPES)
def test_every_type_has_a_name_in_both_languages(type_: str) -> None:
    names = {say(f"app.type.{type_}", language) for language in ("en", "ja")}
    assert len(names) == 2 and all(names)


def test_tables_of_windows_and_lines_that_are_empty() -> None:
    table = "\ufeffid,file,type1\r\n\r\n ,x/007.png,Water\r\n1,,fire\r\n".encode()
    assert {name: label.types for name, label in read_labels(table).items()} == {"7": ("water",), "1": ("fire",)}
    with pytest.raises(Refused, match="Line 4"):
        read_labels(b"id,type1\n\n1,fire\n2,flame\n")
