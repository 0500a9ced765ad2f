"""The page in a headless Chromium: each kind of answer, by keyboard, light and dark, from this server alone."""

import re

import pytest
from served import serving

WIDE, NARROW = {"width": 1280, "height": 900}, {"width": 390, "height": 844}
SCRIPT = "<img src=x onerror='document.title=1'> saw <b>Oslo</b>"


@pytest.fixture(scope="module")
def address(folders):
    with serving(*folders.values()) as (_, port):
        yield f"http://127.0.0.1:{port}/"


@pytest.fixture(params=[(WIDE, "light"), (NARROW, "dark")], ids=["wide", "narrow"])
def page(request, browser, address):
    """The page, on which nothing goes wrong."""
    viewport, scheme = request.param
    context = browser.new_context(viewport=viewport, color_scheme=scheme)
    page, wrong = context.new_page(), []
    page.on("console", lambda message: None if "status of 422" in message.text else wrong.append(message.text))
    page.on("pageerror", lambda error: wrong.append(str(error)))
    page.on("request", lambda asked: None if asked.url.startswith(address) else wrong.append(asked.url))
    page.goto(address)
    page.locator("#run option").first.wait_for(state="attached")
    yield page
    assert wrong == []
    context.close()


def ask(page, run, text):
    """Chooses a run and sends a text by keyboard; gives the answer."""
    page.select_option("#run", run)
    page.fill("#text", text)
    page.press("#text", "Control+Enter")
    page.locator("#status").filter(has_text=re.compile(r"read\.|Written\.")).wait_for()
    return page.locator("#answer")


def test_every_kind_of_answer_is_shown_and_accessible(page):
    from axe_playwright_python.sync_playwright import Axe

    for run, shown in {
        "ner": "p.tokens", "pos_tagging": ".token small", "text_classification": "meter",
        "multilabel_classification": "dt.chosen",
        "translation": "table caption", "text_generation": ".written",
    }.items():  # fmt: skip
        answer = ask(page, run, "I like a cat .")
        assert answer.locator(shown).first.is_visible(), run
        found = Axe().run(page)
        assert found.violations_count == 0, found.generate_report()
        assert page.evaluate("document.documentElement.scrollWidth <= window.innerWidth"), run


def test_what_a_text_holds_is_shown_and_not_run(page):
    answer = ask(page, "text_classification", SCRIPT)
    assert SCRIPT in answer.inner_text()
    assert page.title() == "Elman: try a run"
    assert answer.locator("img, b").count() == 0


def test_a_refusal_and_no_text_are_told(page):
    page.select_option("#run", "ner")
    page.press("#text", "Control+Enter")
    page.locator("#status.wrong").filter(has_text="Write a text first.").wait_for()
    page.select_option("#run", "text_generation")
    page.fill("#length", "5000")
    page.click("#send")
    page.locator("#status.wrong").filter(has_text="expected at most 2000, got 5000").wait_for()
