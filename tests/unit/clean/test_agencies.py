"""Every agency of config/agencies.toml signs as its example says, and sentences about agencies stay whole."""

from pathlib import Path

import pytest

from worker.article import Article
from worker.clean import clean
from worker.clean.agencies import Agency, load_agencies
from worker.errors import SettingsError

AGENCIES = load_agencies()


@pytest.mark.parametrize("agency", AGENCIES, ids=lambda agency: agency.name)
def test_example_of_an_agency(agency: Agency) -> None:
    """Dateline or sign-off of the example are removed; place, date and agency are in their fields."""
    cleaned = clean(Article(agency.example, language=agency.language))
    assert cleaned.agency in agency.signs
    assert cleaned.dateline == agency.dateline
    assert cleaned.text
    kept = agency.example.startswith(cleaned.text) if agency.below else agency.example.endswith(cleaned.text)
    assert kept
    assert not any(cleaned.text.startswith(sign) for sign in agency.signs)
    assert clean(Article(cleaned.text, language=agency.language)).text == cleaned.text


def test_many_agencies_of_many_languages() -> None:
    """The list has at least 60 agencies, with examples in at least 20 languages."""
    assert len({agency.name for agency in AGENCIES}) == len(AGENCIES) >= 60
    assert len({agency.language for agency in AGENCIES}) >= 20


@pytest.mark.parametrize(
    ("opening", "agency", "dateline"),
    [
        ("Askery, 9. april /ritzau/Reuters/ - ", "ritzau/Reuters", "Askery, 9. april"),
        ("OSLO (NTB-Reuters): ", "NTB-Reuters", "OSLO"),
        ("San Sebastián, 9 abr. (EFE).- ", "EFE", "San Sebastián, 9 abr."),
        ("ROMA (ITALPRESS) - ", "ITALPRESS", "ROMA"),
        ("Rio de Janeiro, 9 abr 2031 (Lusa) - ", "Lusa", "Rio de Janeiro, 9 abr 2031"),
        ("САНКТ-ПЕТЕРБУРГ, 9 апр - РИА Новости. ", "РИА Новости", "САНКТ-ПЕТЕРБУРГ, 9 апр"),
        ("ТБИЛИСИ, 9 апреля. /ТАСС/. ", "ТАСС", "ТБИЛИСИ, 9 апреля"),
        ("新华社联合国4月9日电（记者王五、赵六）", "新华社", "联合国4月9日"),
        ("【ニューヨーク＝共同】", "共同", "ニューヨーク"),
        ("(부산=연합뉴스) 박민수 기자 = ", "연합뉴스", "부산"),
        ("بيروت 9 أبريل (رويترز) - ", "رويترز", "بيروت 9 أبريل"),
        ("मुंबई, 9 अप्रैल (भाषा) ", "भाषा", "मुंबई, 9 अप्रैल"),
        ("Bad Segeberg (dpa/lno) - ", "dpa", "Bad Segeberg"),
        ("Los Angeles (AFP) - ", "AFP", "Los Angeles"),
        ("(sda) ", "sda", None),
        ("(dpa/lno) ", "dpa", None),
        ("Skarn am See - (ots) ", "ots", "Skarn am See"),
        ("القاهرة - أ ش أ: ", "أ ش أ", "القاهرة"),
        ("بيروت 9 أبريل (شينخوا) -- ", "شينخوا", "بيروت 9 أبريل"),
        ("КИЕВ, 9 апреля (Синьхуа) -- ", "Синьхуа", "КИЕВ, 9 апреля"),
    ],
)
def test_datelines_of_the_world(opening: str, agency: str, dateline: str | None) -> None:
    """Other places and services of the agencies are known by the same forms."""
    sentence = "10 Häuser sind am Quai. Nothing else is there."
    cleaned = clean(Article(opening + sentence))
    assert (cleaned.text, cleaned.agency, cleaned.dateline) == (sentence, agency, dateline)


@pytest.mark.parametrize("head", ["【共同通信】", "【共同】", "(共同)", "［時事通信社］", "【ロイター】"])
def test_an_agency_alone_in_brackets_heads_chinese_and_japanese(head: str) -> None:
    """A place is not needed where brackets name nobody else."""
    cleaned = clean(Article(f"{head}港は五月に開く。"))
    assert (cleaned.text, cleaned.agency) == ("港は五月に開く。", head.strip("【】()［］"))


@pytest.mark.parametrize(
    "text",
    [
        "Die Deutsche Presse-Agentur (dpa) - Tochter vieler Verlage - meldet Gewinn.",
        "Die Agentur Reuters (Reuters) - sie sitzt in London - hat neue Eigentümer.",
        "The Associated Press (AP) — founded in 1846 — is the oldest of them.",
        "Il giornalista dell'ANSA - Mario Rosse - ha scritto del porto.",
        "In 2031 AFP - the agency from Paris - counted its readers.",
        "La agencia EFE (EFE) abre una oficina en Varnby.",
        "新华社是一家通讯社，成立于一九三一年。",
        "共同通信は一九三一年に設立された。",
        "両国は（共同）声明を出した。",
        "L'agence (AFP) compte ses lecteurs depuis 2031.",
        "Er arbeitet seit neun Jahren für die dpa.",
        "Hun skriver for Ritzau og andre.",
    ],
)
def test_a_sentence_about_an_agency_is_kept(text: str) -> None:
    """A sign in a sentence is no dateline and no sign-off."""
    cleaned = clean(Article(text))
    assert (cleaned.text, cleaned.dateline) == (text, None)


@pytest.mark.parametrize(
    ("text", "kept", "agency"),
    [
        ("Havnen åbner i maj.\n\n/ritzau/", "Havnen åbner i maj.", "ritzau"),
        ("Portul se deschide în mai. /Agerpres/", "Portul se deschide în mai.", "Agerpres"),
        ("Der Hafen öffnet im Mai.\n\ndpa grj rmo", "Der Hafen öffnet im Mai.", "dpa"),
        ("A kikötő májusban nyit. (MTI)", "A kikötő májusban nyit.", "MTI"),
        ("Havna åpner i mai. (©NTB)", "Havna åpner i mai.", "NTB"),
        ("The harbour opens in May.\n\n--IANS", "The harbour opens in May.", "IANS"),
        ("港は五月に開く。【共同】", "港は五月に開く。", "共同"),
        ("港は五月に開く。\n＝共同", "港は五月に開く。", "共同"),
        ("港は五月に開く。（共同通信社）", "港は五月に開く。", "共同通信社"),
        ("両国は声明を出した＝共同", "両国は声明を出した＝共同", None),
        ("Le port (AP) ouvre en mai", "Le port (AP) ouvre en mai", None),
    ],
)
def test_signoffs(text: str, kept: str, agency: str | None) -> None:
    """A sign in brackets or slashes below the text, or with the signs of the staff, is removed and stored."""
    cleaned = clean(Article(text))
    assert (cleaned.text, cleaned.agency) == (kept, agency)


@pytest.fixture
def own_agencies(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Return the path of a test's agencies.toml, in the folder that COPYDESK_CONFIG_DIR names."""
    monkeypatch.setenv("COPYDESK_CONFIG_DIR", str(tmp_path))
    return tmp_path / "agencies.toml"


@pytest.mark.parametrize(
    ("content", "says"),
    [
        ("[[agency]\n", "can't be read"),
        ("[[other]]\n", "something else"),
        ('[[agency]]\nname = "X"\n', "add"),
        ('[[agency]]\nname = "X"\nsigns = []\nlanguage = "en"\nexample = ""\n', "signs is a list"),
    ],
)
def test_an_invalid_file_is_explained(own_agencies: Path, content: str, says: str) -> None:
    """The error names the file or the agency, and what to do."""
    own_agencies.write_text(content, encoding="utf-8")
    with pytest.raises(SettingsError, match=says):
        load_agencies.__wrapped__()
