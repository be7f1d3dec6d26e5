"""What the macros say and draw, without a browser."""

import re
from collections.abc import Callable

import pytest
from flask import Flask, render_template_string
from markupsafe import Markup

POINT = {"low": None, "high": None, "text": None, "bad": False}


@pytest.fixture
def drawn(gallery: Flask) -> Callable[..., str]:
    """Renders ``{{ call }}`` with the macro imported from its part; keyword arguments are its names."""

    def draw(part: str, call: str, **names: object) -> str:
        macro = call.split("(")[0]
        source = f'{{% from "parts/{part}.html" import {macro} %}}{{{{ {call} }}}}'
        with gallery.test_request_context():
            gallery.preprocess_request()
            return render_template_string(source, **names)

    return draw


def _chart(*values: float | None, **more: object) -> dict:
    points = [POINT | {"label": f"Month {place}", "value": value} for place, value in enumerate(values, 1)]
    return {
        "id": "c",
        "message": "It is steady",
        "note": None,
        "unit": "people",
        "points": points,
        "limit": None,
    } | more


def _bars(page: str) -> list[float]:
    return [float(height) for height in re.findall(r'<rect x="[^"]+" y="[^"]+" width="[^"]+" height="([^"]+)"', page)]


def _line(page: str) -> str:
    return re.findall(r'<path d="([^"]*)" fill="none" stroke="#1d3557"', page)[0]


def test_a_line_breaks_where_nothing_was_assessed_and_the_table_says_so(drawn: Callable[..., str]) -> None:
    page = drawn("charts", "line_chart(chart)", chart=_chart(3, 4, None, 5, 6))
    assert _line(page).count("M") == 2
    assert _line(page).count("L") == 2
    assert "Not assessed: Month 3." in page
    assert '<span class="ac-muted">not assessed</span>' in page


def test_a_line_of_one_point_is_a_dot_in_the_middle(drawn: Callable[..., str]) -> None:
    page = drawn("charts", "line_chart(chart)", chart=_chart(5))
    assert '<circle cx="260.0"' in page


def test_a_line_of_nothing_but_zeros_lies_on_the_axis(drawn: Callable[..., str]) -> None:
    page = drawn("charts", "line_chart(chart)", chart=_chart(0, 0, 0))
    assert set(re.findall(r"[ML][\d.]+ ([\d.]+)", _line(page))) == {"188.0"}


@pytest.mark.parametrize("macro", ["line_chart", "bar_chart", "interval_chart"])
def test_a_chart_without_any_figure_still_says_so(drawn: Callable[..., str], macro: str) -> None:
    assert "There are no figures yet." in drawn("charts", f"{macro}(chart)", chart=_chart())
    assert "Not assessed: Month 1, Month 2." in drawn("charts", f"{macro}(chart)", chart=_chart(None, None))


@pytest.mark.parametrize("macro", ["line_chart", "bar_chart", "interval_chart"])
def test_each_figure_of_a_picture_is_in_its_table(drawn: Callable[..., str], macro: str) -> None:
    page = drawn(
        "charts", f"{macro}(chart)", chart=_chart(1204, 0.31, 12.5, limit=1000, limit_text="the most there were")
    )
    table = page.split("<table")[1]
    for figure in ("1,204", "0.31", "12.5"):
        assert f">{figure}<" in table
    assert "the most there were" in page
    assert 'aria-labelledby="c-title c-desc"' in page


def test_bars_are_as_long_as_their_figures_and_start_at_zero(drawn: Callable[..., str]) -> None:
    two, four, none = _bars(drawn("charts", "bar_chart(chart)", chart=_chart(2, 4, 0)))
    assert four == pytest.approx(2 * two, abs=0.2)
    assert none == 2, "a zero is a hairline, not nothing"


def test_bars_below_zero_hang_from_the_axis(drawn: Callable[..., str]) -> None:
    page = drawn("charts", "bar_chart(chart)", chart=_chart(4, -4))
    up, down = re.findall(r'<rect x="[^"]+" y="([^"]+)"', page)
    assert float(up) < float(down) == pytest.approx(109)


def test_the_figure_in_words_stands_in_the_table_in_place_of_the_number(drawn: Callable[..., str]) -> None:
    point = POINT | {"label": "Women", "value": 46, "low": 38, "high": 54, "text": "46 of 100, 152 people", "bad": True}
    page = drawn("charts", "interval_chart(chart)", chart=_chart(limit=40) | {"points": [point]})
    table = page.split("<table")[1]
    assert "46 of 100, 152 people" in table
    assert "38 to 54" in table
    assert "Beyond the limit" in table
    assert "Beyond the limit: Women." in page


def test_an_interval_reaches_from_its_low_to_its_high_figure(drawn: Callable[..., str]) -> None:
    point = POINT | {"label": "Women", "value": 50, "low": 25, "high": 75}
    page = drawn("charts", "interval_chart(chart)", chart=_chart(limit=100) | {"points": [point]})
    assert re.search(r'<path d="M127\.0 \d+H353\.0', page)
    assert '<circle cx="240.0"' in page


def test_a_few_long_labels_make_the_bars_lie_down(drawn: Callable[..., str]) -> None:
    points = [POINT | {"label": f"Did not use the score, for reason {n}", "value": n} for n in range(1, 4)]
    page = drawn("charts", "bar_chart(chart)", chart=_chart() | {"points": points})
    assert all(f">{point['label']}</text>" in page for point in points)


@pytest.mark.parametrize(
    ("peak", "top"), [(0.31, 0.4), (7, 8), (40, 40), (1340, 2000), (1, 1), (99, 100)]
)  # tops are round numbers
def test_the_axis_ends_at_a_round_number(drawn: Callable[..., str], peak: float, top: float) -> None:
    assert float(drawn("chart_frame", "nice(size)", size=peak)) == pytest.approx(top)


@pytest.mark.parametrize("part", ["charts", "tables", "strip", "timeline", "lists"])
def test_words_from_a_database_are_never_markup(drawn: Callable[..., str], part: str) -> None:
    bad = "<script>alert(1)</script>"
    calls = {
        "charts": ("bar_chart(it)", _chart(note=bad, message=bad) | {"points": [POINT | {"label": bad, "value": 1}]}),
        "tables": ("data_table(it, [it], [[it, it]])", bad),
        "strip": ("strip(it)", [{"letter": bad, "word": bad, "state": bad, "state_text": bad, "href": bad}]),
        "timeline": ("timeline(it)", [{"when_text": bad, "what": bad, "detail": bad, "tone": bad, "href": bad}]),
        "lists": ("summary(it)", [{"key": bad, "value": bad}, {"key": bad, "html": bad}]),
    }
    call, it = calls[part]
    page = drawn(part, call, it=it)
    assert "<script" not in page
    assert "&lt;script&gt;" in page


def test_a_summary_shows_markup_where_it_is_meant_and_says_what_is_missing(drawn: Callable[..., str]) -> None:
    rows = [
        {"key": "Owner", "html": Markup("<b>Asha</b>")},
        {"key": "Deputy", "value": None},
        {"key": "Refused", "value": 0},
    ]
    page = drawn("lists", "summary(rows)", rows=rows)
    assert "<b>Asha</b>" in page
    assert "Not given" in page
    assert ">0</dd>" in page


def test_a_frequency_fills_as_many_dots_as_it_says_and_rings_its_interval(drawn: Callable[..., str]) -> None:
    page = drawn("frequency", "frequency('Of 100, about 41 returned.', none, none, 41, 36, 46)")
    assert page.count('r="7.5" fill="#b1492f"') == 36
    assert page.count('r="4.5" fill="#b1492f"') == 5
    assert page.count('fill="#f3d9d1"') == 5
    assert page.count('fill="#d9dde1"') == 54
    assert "41 are filled. The interval runs from 36 to 46." in page


def test_a_frequency_says_its_interval_once(drawn: Callable[..., str]) -> None:
    for sentence in ("About 41 returned", "About 41 (36 to 46) returned."):
        page = drawn("frequency", "frequency(it, none, none, 41, 36, 46)", it=sentence)
        words = page.split("ac-frequency__words")[1]
        assert words.count("36 to 46") == 1
        assert ".." not in words


def test_a_frequency_without_an_interval_draws_none(drawn: Callable[..., str]) -> None:
    page = drawn("frequency", "frequency('About 8 of 100', none, none, 8)")
    assert page.count('fill="#b1492f"') == 8
    assert "stroke=" not in page
    assert "None" not in page


def test_reasons_share_one_scale_and_say_their_weight_in_words(drawn: Callable[..., str]) -> None:
    rows = [{"sentence": "Three stays", "source_text": "Prison record", "size": 0.5}]
    page = drawn("reasons", "reasons(rows, [], 2)", rows=rows)
    assert '<rect width="25.0" height="10" fill="#b1492f"' in page
    assert "weight 25, where the strongest is 100" in page
    assert "Nothing that the model looked at lowers it." in page


def test_an_empty_list_of_tasks_says_what_will_appear(drawn: Callable[..., str]) -> None:
    page = drawn("lists", "task_list([], 'Papers appear here when a meeting is called.')")
    assert "Papers appear here when a meeting is called." in page
    assert "<ul" not in page


def test_a_strip_says_every_state_in_words(drawn: Callable[..., str]) -> None:
    tiles = [{"letter": "A", "word": "Advisory", "state": "unheard of", "state_text": "Not yet answered", "href": None}]
    page = drawn("strip", "strip(tiles, 3)", tiles=tiles)
    assert "ac-tile--none" in page
    assert "Not yet answered" in page
    assert '<h3 class="govuk-heading-m"' in page
    assert "<a " not in page


def test_what_to_bear_in_mind_is_a_list_or_one_quiet_line(drawn: Callable[..., str]) -> None:
    """R02: warnings are never folded away, and that there is none is said."""
    page = drawn(
        "cautions", "cautions(found, told)", found=[{"sentence": "It is old."}], told="1 thing to bear in mind."
    )
    assert "<li>It is old.</li>" in page
    assert "details" not in page
    assert "Nothing unusual." in drawn("cautions", "cautions(found, told)", found=[], told="Nothing unusual.")


def test_the_bar_of_whom_it_is_about_is_drawn_when_it_is_not_all_the_persons(drawn: Callable[..., str]) -> None:
    """R29: the shares as one bar, with its sentence."""
    weights = {"person": 40, "relative": 50, "linked": 10, "sentence": "40% about this person."}
    page = drawn("cautions", "whose(weights)", weights=weights)
    assert re.findall(r'<rect(?: x="(\d+)")? width="(\d+)"', page) == [("", "40"), ("40", "50"), ("90", "10")]
    assert "<svg" not in drawn(
        "cautions", "whose(weights)", weights={**weights, "person": 100, "relative": 0, "linked": 0}
    )


def test_what_has_to_be_said_of_a_reason_stands_beside_it(drawn: Callable[..., str]) -> None:
    """R29: a reason about somebody else, or a protected one, says so where it is read."""
    row = {"sentence": "Moved twice", "source_text": "Housing", "size": 1, "notes": ["About a relative"]}
    assert "About a relative</span>" in drawn("reasons", "reasons(rows, [])", rows=[row])
