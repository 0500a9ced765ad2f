"""The language of texts."""

import pytest

from pipelines.project.language import FUNCTION_WORDS, guess_language

SENTENCES = {
    "bg": "Не знам дали това е добре, но къщата се намира на хълма и не е голяма.",
    "cs": "Nevím, jestli je to dobře, ale dům je na kopci a není to tak daleko od řeky.",
    "de": "Ich weiß nicht, ob das gut ist, aber das Haus steht auf dem Berg und ist nicht groß.",
    "en": "I do not know if that is good, but the house is on the hill and it was not big.",
    "es": "No sé si eso es bueno, pero la casa está en la colina y no es grande para los niños.",
    "fi": "En tiedä onko se hyvä, mutta talo on mäellä ja se ei ole suuri, niin kuin hän sanoi.",
    "fr": "Je ne sais pas si cela est bien, mais la maison est sur la colline et elle n'est pas grande.",
    "hu": "Nem tudom, hogy ez jó, de a ház a dombon van és nem nagy, csak egy kicsi.",
    "it": "Non so se questo è buono, ma la casa è sulla collina e non è grande per una famiglia.",
    "nl": "Ik weet niet of dat goed is, maar het huis staat op de heuvel en is niet groot voor een gezin.",
    "pl": "Nie wiem, czy to jest dobre, ale dom jest na wzgórzu i nie jest tak duży jak ten.",
    "pt": "Não sei se isso é bom, mas a casa fica no alto e não é grande para os meninos da rua.",
    "ro": "Nu știu dacă este bine, dar casa este pe deal și nu este mare, un om din sat a spus că da.",
    "ru": "Я не знаю, хорошо ли это, но дом стоит на холме, и он не так велик, как наш.",
    "tr": "Bunun iyi olup olmadığını bilmiyorum ama ev bir tepede ve çok büyük değil, o da bir köy için.",
    "uk": "Я не знаю, чи це добре, але будинок стоїть на горбі, і він не такий великий, як у нас.",
    "zh": "我不知道这好不好，但是房子在山上，不大。",
    "ja": "それが良いかどうかわかりませんが、家は丘の上にあります。",
    "ko": "그것이 좋은지 모르겠지만 집은 언덕 위에 있습니다.",
    "th": "ฉันไม่รู้ว่ามันดีหรือไม่",
    "el": "Δεν ξέρω αν αυτό είναι καλό.",
    "ar": "لا أعرف إن كان هذا جيدا",
}  # fmt: skip


@pytest.mark.parametrize("code", SENTENCES)
def test_a_sentence_is_enough(code):
    assert guess_language([SENTENCES[code]]).code == code


@pytest.mark.parametrize("code", ["da", "no", "sv"])
def test_languages_that_look_alike_are_told_apart_or_said_to_be_unsure(code):
    text = " ".join(FUNCTION_WORDS[code].split()[:6])
    assert guess_language([text]).code in (code, "")
    assert "it may be" in guess_language(["og det er som han var med"]).told_by


@pytest.mark.parametrize("text", ["", "42 %", "Oslo Rome Berlin", "asdf qwer zxcv"])
def test_what_tells_nothing_has_no_language(text):
    assert guess_language([text]).code == ""


def test_other_letters_in_between_do_not_matter():
    assert guess_language(["The word 今天 is of the same kind as 你好, and that is it."]).code == "en"
