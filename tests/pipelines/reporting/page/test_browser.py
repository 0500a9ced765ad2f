"""The report in a headless Chromium without a network: what a reader sees, and does by mouse and keyboard.

Skipped where Playwright or Chromium is not installed; `.ci/run` installs both.
"""

import pytest

from pipelines.reporting.page.rendering import report

WIDE, NARROW = {"width": 1280, "height": 900}, {"width": 390, "height": 844}


@pytest.fixture(scope="module")
def address(world, tmp_path_factory):
    path = tmp_path_factory.mktemp("page") / "report.html"
    path.write_text(report(*world, texts=True), encoding="utf-8")
    return path.as_uri()


def opened(browser, address, viewport=WIDE, scheme="light"):
    """The page, and what went wrong on it: messages on the console, errors, and requests of anything but itself."""
    context = browser.new_context(viewport=viewport, color_scheme=scheme, offline=True)
    page, wrong = context.new_page(), []
    page.on("console", lambda message: wrong.append(message.text))
    page.on("pageerror", lambda error: wrong.append(str(error)))
    page.on("request", lambda request: None if request.url == address else wrong.append(request.url))
    page.goto(address)
    page.wait_for_selector(".chart svg")
    return page, wrong


@pytest.fixture(scope="module")
def shared(browser, address):
    """A page that is opened once; each test leaves it as it was."""
    page, wrong = opened(browser, address)
    yield page
    assert wrong == []
    page.context.close()


@pytest.fixture
def page(shared):
    shared.reload()
    shared.wait_for_selector(".chart svg")
    return shared


def names(page, group=1):
    """The systems of a leaderboard that are shown, in their order."""
    rows = page.locator(f"#g{group} .board tbody tr:visible th a")
    return rows.all_inner_texts()


def test_it_loads_without_a_network_and_draws_its_charts(browser, address):
    page, wrong = opened(browser, address)
    page.wait_for_function("document.querySelectorAll('.chart svg').length === 5")
    assert page.title() == "Elman report"
    assert wrong == []
    page.context.close()


def test_what_texts_and_labels_hold_is_shown_and_not_run(page):
    assert page.evaluate("window.hacked") is None
    assert "<script>window.hacked = 1</script>" in page.locator("#g1 .examples").inner_text()
    assert page.locator("#g1 .confusion th", has_text="b<i>ad").count() == 2
    assert page.locator("img").count() == 0


def test_a_header_sorts_by_number_and_again_the_other_way_round(page):
    header = page.locator("#g1 .board th", has_text="accuracy test")
    header.get_by_role("button").click()
    assert names(page) == ["sentiment-gru", "sentiment-lstm", "majority"]
    assert header.get_attribute("aria-sort") == "descending"
    header.get_by_role("button").click()
    assert names(page) == ["majority", "sentiment-lstm", "sentiment-gru"]
    assert header.get_attribute("aria-sort") == "ascending"


def test_what_is_not_known_is_sorted_last(page):
    button = page.locator("#g1 .board th", has_text="parameters").get_by_role("button")
    for _ in range(2):
        button.click()
        assert names(page)[-1] == "majority"


def test_a_header_sorts_by_keyboard(page):
    page.locator("#g1 .board th button", has_text="system").focus()
    page.keyboard.press("Enter")
    assert names(page) == ["majority", "sentiment-gru", "sentiment-lstm"]


def test_the_filter_hides_other_systems_and_tells_how_many_are_left(page):
    board = page.locator("#g1")
    board.locator(".filter").fill("LSTM sent")
    assert names(page) == ["sentiment-gru", "sentiment-lstm"]  # LSTM is the cell of both
    board.locator(".filter").fill("gru")
    assert names(page) == ["sentiment-gru"]
    assert board.locator(".count").first.inner_text() == "1 of 3 systems"
    board.locator(".filter").fill("")
    board.locator(".kind").select_option("baseline")
    assert names(page) == ["majority"]


def test_examples_that_one_system_has_wrong_and_another_right_are_found(page):
    form = page.locator("#g1 .errors")
    form.locator(".first").select_option(label="sentiment-lstm")
    form.locator(".second").select_option(label="sentiment-gru")
    assert form.locator(".count").inner_text() == "2 of 40 examples"
    assert page.locator("#g1 .examples .id").all_inner_texts() == ["s-2", "s-3"]
    form.locator(".query").fill("review 3")
    assert page.locator("#g1 .examples .id").all_inner_texts() == ["s-3"]
    told = page.locator("#g1 .examples li li.wrong").inner_text()
    assert "sentiment-lstm (75%)" in told
    assert "sentiment-gru" not in told


def test_examples_come_ten_at_a_time(page):
    examples = page.locator("#g2 .examples > li")
    assert examples.count() == 10
    page.locator("#g2 .more").click()
    assert examples.count() == 20


def test_wrong_tags_are_told_beside_the_right_ones(page):
    page.locator("#g2 .query").fill("n-0")
    first = page.locator("#g2 .examples > li").first
    assert first.locator("mark").inner_text() == "OsloB-LOC"
    assert "Oslo: B-PER" in first.locator("li.wrong").inner_text()


def test_a_cell_of_the_matrix_tells_its_test(page):
    page.locator("#g2 .matrix .cell").first.click()
    told = page.locator("#g2 .told").inner_text()
    assert told.startswith("ner-bilstm compared with toy_ner-baselines/most_frequent_tag: +")
    assert "significantly better" in told
    assert told.endswith("elman compare toy_ner-baselines/most_frequent_tag ner-bilstm")


def test_confusions_are_those_of_the_chosen_system(page):
    page.locator("#g1 .confused").select_option("sentiment-lstm")
    rows = page.locator("#g1 .confusion tbody tr")
    cells = [rows.nth(number).locator("td").all_inner_texts() for number in range(2)]
    assert cells == [["18", "2"], ["1", "19"]]


def test_a_score_leads_to_its_configuration(page):
    page.locator("#g1 .board td a").first.click()
    system = page.locator("#g1 .system:target")
    assert system.is_visible()
    assert "dvc repro evaluate@sentiment-gru" in system.inner_text()
    assert page.evaluate("document.activeElement.id") == system.get_attribute("id")


def test_another_cost_is_drawn(page):
    select = page.locator("#g1 select.field").last
    select.select_option(label="ONNX graphs, MB")
    page.locator("#g1 .chart svg text", has_text="ONNX graphs, MB").wait_for()


def test_tokens_are_shown_with_what_leaving_them_out_does_to_the_label(page):
    page.locator("#g1 .explained-example").select_option(index=1)
    shown = page.locator("#g1 .explained")
    assert shown.locator("h4").all_inner_texts() == ["sentiment-gru: b<i>ad (90 %)", "sentiment-lstm: b<i>ad (90 %)"]
    first = shown.locator("p").nth(1)
    assert first.locator(".cut").all_inner_texts() == ["review"]
    assert first.locator(".for").all_inner_texts() == ["secret+1.25"]
    assert first.locator(".against").count() == 6
    assert first.locator(".against").first.get_attribute("title") == "-0.5"
    shades = [first.locator(f".{kind}").first.evaluate("each => getComputedStyle(each).backgroundColor")
              for kind in ("for", "against")]  # fmt: skip
    assert shades == ["rgba(11, 87, 176, 0.4)", "rgba(194, 81, 47, 0.16)"]


def test_attention_is_shown_in_percent_for_the_chosen_example(page):
    page.locator("#g2 .explained-example").select_option(index=1)
    rows = page.locator("#g2 .attention tr")
    cells = [rows.nth(number).locator("th, td").all_inner_texts() for number in range(3)]
    assert cells == [["written \\ read", "In", "Rome", "!"], ["In", "90", "10", ""], ["ner-bilstm", "", "75", "25"]]
    assert page.locator("#g2 .explained p").inner_text() == "Reference: O, B-LOC, O"


def test_a_narrow_screen_scrolls_tables_alone(browser, address):
    page, wrong = opened(browser, address, NARROW)
    assert page.evaluate("document.documentElement.scrollWidth") <= NARROW["width"]
    assert wrong == []
    page.context.close()


def test_a_long_title_covers_no_heading_on_a_narrow_screen(browser, address):
    page, _ = opened(browser, address, NARROW)
    page.evaluate("document.querySelector('h1').textContent = 'a title of many words '.repeat(12)")
    for link in page.locator("nav a").all():
        link.click()
        heading = page.locator(f"{link.get_attribute('href')} h2").bounding_box()
        menu = page.locator("nav").bounding_box()
        assert menu["y"] == 0
        assert menu["height"] <= heading["y"] < NARROW["height"] / 2
    page.context.close()


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_it_is_accessible(browser, address, scheme):
    axe = pytest.importorskip("axe_playwright_python.sync_playwright", reason="axe-playwright-python is not installed")
    page, _ = opened(browser, address, scheme=scheme)
    page.evaluate("document.querySelectorAll('details').forEach((each) => { each.open = true; })")
    found = axe.Axe().run(page)
    assert [(each["id"], each["nodes"][0]["html"][:120]) for each in found.response["violations"]] == []
    dark = page.evaluate("getComputedStyle(document.body).backgroundColor") == "rgb(21, 23, 27)"
    assert dark == (scheme == "dark")
    page.context.close()


def test_paper_has_no_controls_and_whole_tables(page):
    page.emulate_media(media="print")
    assert not page.locator(".controls").first.is_visible()
    page.set_viewport_size({"width": 1040, "height": 700})  # of A4 across
    assert page.evaluate("document.documentElement.scrollWidth") <= 1040
    box = page.locator("#g1 .board").bounding_box()
    assert box is not None
    assert box["x"] + box["width"] <= 1040
    page.evaluate("window.dispatchEvent(new Event('beforeprint'))")
    assert page.locator("#g1 .system").first.is_visible()
    page.emulate_media(media="screen")
    page.set_viewport_size(WIDE)


def test_a_word_is_found_on_the_map_with_its_neighbours(page):
    section = page.locator("#vectors")
    section.locator(".word").fill("cat")
    told = section.locator(".nearest").inner_text()
    assert told.startswith("Nearest to cat: dog 1, ")
    section.locator(".map svg text", has_text="dog").wait_for()
    section.locator(".word").fill("o")
    assert section.locator(".nearest").inner_text().startswith("5 of 6 words: dog, Oslo, Rome, both, <img ")
