"""Texts in another language, into which the numbers of the English ones are filled."""

from studies.translation import Translation, read_translation

TEXTS = {
    "{} of {} seeds": "{} из {}",
    "from {} to {}": "до {1} с {0}",
    "after 2 words": "после двух слов",
    "after {} words": "после {} слов",
    "F1 of {} nats": "F1, {} ната",
    "A claim.": "Утверждение.",
    "- **shown**: so": "- **подтверждено**: да",
    "- **open**: 5 %": "- **открыто**: 5 %",
}


def test_numbers_are_filled_in_as_they_stand_in_the_english_text():
    translate = Translation(TEXTS)
    assert translate("7 of 8 seeds") == "7 из 8"
    assert translate("from -1.5 to +2,000") == "до +2,000 с -1.5"
    assert translate("F1 of 3.5e-05 nats") == "F1, 3.5e-05 ната"  # the digit of a name is no number
    assert not translate.missing


def test_a_text_with_its_own_numbers_comes_first():
    translate = Translation(TEXTS)
    assert translate("after 2 words") == "после двух слов"
    assert translate("after 3 words") == "после 3 слов"
    assert translate.used == {"after 2 words", "after {} words"}


def test_paragraphs_and_items_are_texts_of_their_own_and_equations_stay():
    translate = Translation(TEXTS)
    text = "A\nclaim.\n\n    h_t = 1 of 2 seeds\n\nafter 4 words\n\n- **shown**: so\n- **open**:\n  5 %"
    assert translate(text) == (
        "Утверждение.\n\n    h_t = 1 of 2 seeds\n\nпосле 4 слов\n\n- **подтверждено**: да\n- **открыто**: 5 %"
    )
    assert not translate.missing


def test_a_text_without_a_translation_stays_english_and_is_told():
    translate = Translation(TEXTS)
    assert translate("A claim.\n\nAnother claim of 5 seeds.") == "Утверждение.\n\nAnother claim of 5 seeds."
    assert translate.missing == ["Another claim of 5 seeds."]


def test_texts_are_read_from_all_files_of_a_folder(tmp_path):
    (tmp_path / "a.yaml").write_text('texts:\n  - en: "{} seeds"\n    ru: "запусков: {}"\n', encoding="utf-8")
    (tmp_path / "b.yaml").write_text("texts:\n  - en: >-\n      A\n      claim.\n    ru: Да.\n", encoding="utf-8")
    translate = read_translation(tmp_path)
    assert (translate("3 seeds"), translate("A claim.")) == ("запусков: 3", "Да.")
