"""Markdown as a page: by hand, and in a browser."""

import base64

import pytest

from pipelines.reporting.page.document import document

SVG = '<svg xmlns="http://www.w3.org/2000/svg" width="900" height="9"><title>a</title></svg>'
WORDS = " ".join(["word"] * 40)
TEXT = f"""# A page & more

{WORDS} with `code`.

| name | value |
| --- | --- |
| {"long" * 40} | {WORDS} |

## First & best

![A chart](plots/chart.svg)

<a id="here"></a>

## Second
"""


@pytest.fixture
def page(tmp_path):
    (tmp_path / "plots").mkdir()
    (tmp_path / "plots/chart.svg").write_text(SVG)
    return document(TEXT, tmp_path)


def test_pictures_are_part_of_the_page_and_headings_its_navigation(page):
    picture = base64.b64encode(SVG.encode()).decode()
    assert f'<img src="data:image/svg+xml;base64,{picture}" alt="A chart" />' in page
    assert '<li><a href="#section-1">First &amp; best</a></li>' in page
    assert '<h2 id="section-2">Second</h2>' in page
    assert "<title>A page &amp; more</title>" in page
    assert page.count("<h1>") == 1
    assert "<code>code</code>" in page
    assert '<a id="here"></a>' in page


def test_nothing_runs_on_it_and_nothing_is_loaded(page):
    assert "default-src 'none'; style-src 'unsafe-inline'; img-src data:;" in page
    assert "<script" not in page


def test_a_picture_that_is_not_there_is_told(tmp_path):
    with pytest.raises(OSError, match=r"chart\.svg"):
        document(TEXT, tmp_path)


def test_it_is_accessible_and_fits_a_narrow_screen(browser, page, tmp_path):
    axe = pytest.importorskip("axe_playwright_python.sync_playwright", reason="axe-playwright-python is not installed")
    (tmp_path / "page.html").write_text(page, encoding="utf-8")
    context = browser.new_context(viewport={"width": 390, "height": 844}, color_scheme="dark", offline=True)
    opened, wrong = context.new_page(), []
    opened.on("console", lambda message: wrong.append(message.text))
    opened.goto((tmp_path / "page.html").as_uri())
    assert opened.evaluate("document.documentElement.scrollWidth") <= 390
    assert [each["id"] for each in axe.Axe().run(opened).response["violations"]] == []
    assert wrong == []
    context.close()
