"""Lines of a column are joined as the script is written."""

import pytest

from worker.article import Article
from worker.clean import clean

COLUMNS = {
    "ja": (
        "ヴァルンビュー市議会は火曜日、東埠頭を八カ月間閉鎖す\n"
        "ることを決めた。一九三一年に打ち込まれた杭を一本ずつ\n"
        "取り替えるためで、工事はノルウェーの業者が請け負う。\n"
        "フェリーは穀物ターミナルから出ると議長のエルンド氏は\n"
        "述べ、乗客には二十分長い航海を見込むよう求めている。"
    ),
    "zh": "瓦恩比港务委员会星期二投票决定关闭东\n码头八个月，更换一九三一年打下的桩基渡\n轮将改用粮食码头。",
}


@pytest.mark.parametrize("language", COLUMNS)
def test_chinese_and_japanese_lines_have_no_blank_between(language: str) -> None:
    """The characters at a line end are neighbours."""
    assert clean(Article(COLUMNS[language], language=language)).text == COLUMNS[language].replace("\n", "")


def test_latin_words_in_a_chinese_column_keep_their_blank() -> None:
    """Between Latin words at a line end there is a blank, also in a Chinese text."""
    column = (
        "渡轮公司的新任发言人昨天表示，负责人Mara\n"
        "Ellund星期二没有回答记者的问题，但是\n"
        "她的同事说工程费用会比预期的高出许多，\n"
        "委员会将在五月再次讨论。"
    )
    assert "Mara Ellund星期二没有回答记者的问题，但是她的同事" in clean(Article(column, language="zh")).text


def test_korean_lines_have_a_blank_between() -> None:
    """Korean is wide, but has blanks between words."""
    column = (
        "바른뷔 항만위원회는 화요일 동쪽 부두를\n"
        "여덟 달 동안 닫기로 결정했다. 마라 엘룬드\n"
        "위원장은 이제 다른 방법이 없다고 말했으며\n"
        "말뚝이 모두 썩었다고 덧붙였다. 여객선은\n"
        "곡물 터미널에서 떠나게 된다."
    )
    assert clean(Article(column, language="ko")).text == column.replace("\n", " ")


@pytest.mark.parametrize("text", ["春の海\n終日のたり\nのたりかな", "东码头\n西码头\n粮食码头\n旧海关"])
def test_short_chinese_and_japanese_lines_stay(text: str) -> None:
    """A verse or a list is no column."""
    assert clean(Article(text, language="ja")).text == text.replace("\n", "\n\n")


@pytest.mark.parametrize(
    "column",
    [
        (
            "Портовый совет во вторник решил закрыть\n"
            "причал. «Почему нас не предупредили об этом?»\n"
            "— спросил Йон Аскери, который продаёт рыбу\n"
            "на причале с 1988 года и узнал об этом от\n"
            "соседки."
        ),
        (
            "Rada portu we wtorek postanowiła zamknąć\n"
            "nabrzeże. „Dlaczego nikt nas nie ostrzegł?”\n"
            "– pytał Jon Askery, który sprzedaje ryby na\n"
            "nabrzeżu od 1988 roku i dowiedział się o tym\n"
            "od sąsiadki."
        ),
    ],
)
def test_dash_after_speech_goes_on_with_the_sentence(column: str) -> None:
    """In a column a dash before a lower-case word at the start of a line is no bullet."""
    assert clean(Article(column)).text == column.replace("\n", " ")
