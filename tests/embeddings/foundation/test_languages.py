"""Codes of languages."""

import pytest

from embeddings.foundation.languages import check_language, main_language


@pytest.mark.parametrize("code", ["en", "zh", "yue", "got", "zh-TW", "zh-Hant-HK", "de-1996"])
def test_codes_as_bcp_47_writes_them_are_taken(code):
    check_language("language", code)
    assert main_language(code) == code[: code.find("-")] if "-" in code else code


@pytest.mark.parametrize(
    ("code", "meant"), [("zh_CN", "zh-CN"), ("ZH", "zh"), ("zho", "zh"), ("ENG", "en"), ("jpn-JP", "ja-JP")]
)
def test_other_spellings_by_which_no_rule_would_be_found_are_refused(code, meant):
    with pytest.raises(ValueError, match=f"under 'target_language', got {code!r}; did you mean {meant!r}"):
        check_language("target_language", code)


@pytest.mark.parametrize("code", ["Chinese", "", "1", "zh TW", "english"])
def test_names_are_refused(code):
    with pytest.raises(ValueError, match="expected a code such as `en`"):
        check_language("language", code)
