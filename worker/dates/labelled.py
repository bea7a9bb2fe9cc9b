"""Read the date of publication next to its label, often followed by the date of a change.

`Published: 6 May 2031 | Updated: 8 May 2031`, `입력 2031.05.06. 오후 9:14 수정 2031.05.08.`, `06/05/2031 21:14 |
Actualizado: 08/05/2031 08:30`.
"""

import re
from datetime import datetime
from functools import cache

import re2

from worker.dates.written import parse_written

#: Labels of the date of publication, and below of that of a change, in lower case; `_` is a blank.
_PUBLISHED_IN_ENGLISH = (
    "published published_on published_at published_online publication_date pubdate posted posted_on posted_at"
    " first_published first_published_on originally_published date_published created created_on"
)
_PUBLISHED = (
    f"{_PUBLISHED_IN_ENGLISH}"
    " veröffentlicht veröffentlicht_am erstellt erstellt_am erschienen erschienen_am publiziert publiziert_am stand"
    " publié publié_le publiée_le paru_le mis_en_ligne_le posté_le créé_le date_de_publication"
    " publicado publicado_el publicado_en publicado_em publicada publicada_el publicada_em fecha_de_publicación creado"
    " data_de_publicação pubblicato pubblicato_il pubblicata_il data_di_pubblicazione"
    " gepubliceerd gepubliceerd_op geplaatst geplaatst_op publicerad publicerades publicerat udgivet offentliggjort"
    " publiceret publisert lagt_ut julkaistu birt"
    " opublikowano opublikowany dodano data_publikacji data_dodania publikováno zveřejněno vydáno publikované"
    " zverejnené objavljeno objavljen avaldatud paskelbta publicēts megjelent közzétéve publikálva publicat publicat_la"
    " publicat_pe publicat_în опубликовано дата_публикации опубліковано дата_публікації публикувано публикувана"
    " објављено yayınlanma yayınlanma_tarihi yayın_tarihi yayınlandı giriş giriş_tarihi oluşturulma_tarihi"
    " δημοσίευση δημοσιεύθηκε δημοσιεύτηκε ημερομηνία_δημοσίευσης"
    " 公開 公開日 公開日時 掲載 掲載日 配信 投稿日 发布 发布时间 发布于 發布 發布時間 發布於 發佈 发表于 发表时间"
    " 입력 등록 등록일 기사입력 작성 승인 송고 نشر نشر_في نشرت_في تاريخ_النشر تم_النشر تم_النشر_في منتشر_شده"
    " تاریخ_انتشار انتشار פורסם פורסם_ב प्रकाशित เผยแพร่ เผยแพร่เมื่อ ngày_đăng đăng_ngày đăng_lúc diterbitkan"
    " dipublikasikan dipublikasi terbit"
)
_CHANGED_IN_ENGLISH = (
    "updated updated_on updated_at last_updated last_updated_on last_update update modified last_modified edited"
    " last_edited"
)
_CHANGED = (
    f"{_CHANGED_IN_ENGLISH}"
    " aktualisiert aktualisiert_am zuletzt_aktualisiert zuletzt_aktualisiert_am geändert letzte_änderung"
    " update_vom mis_à_jour mis_à_jour_le mise_à_jour modifié modifié_le actualisé_le"
    " actualizado actualizado_el actualizada actualización última_actualización modificado modificado_el"
    " atualizado atualizado_em última_atualização aggiornato aggiornato_il ultimo_aggiornamento"
    " bijgewerkt bijgewerkt_op laatst_bijgewerkt laatste_update gewijzigd uppdaterad uppdaterat senast_uppdaterad"
    " opdateret sidst_opdateret oppdatert sist_oppdatert päivitetty"
    " zaktualizowano aktualizacja ostatnia_aktualizacja data_aktualizacji aktualizováno aktualizované ažurirano"
    " posodobljeno uuendatud atnaujinta frissítve frissült módosítva actualizat actualizat_la ultima_actualizare"
    " обновлено изменено оновлено обновена обновено ажурирано güncelleme güncelleme_tarihi güncellendi son_güncelleme"
    " ενημέρωση τελευταία_ενημέρωση ενημερώθηκε 更新 更新日 更新日時 最終更新 最終更新日 更新时间 更新時間 更新于"
    " 수정 최종수정 업데이트 تحديث آخر_تحديث تم_التحديث به‌روزرسانی آخرین_به‌روزرسانی עודכן עדכון_אחרון अपडेटेड अंतिम_अपडेट"
    " อัปเดต อัปเดตล่าสุด cập_nhật diperbarui"
)
#: Longer lines are no dates; each of the two has up to 60 characters with its label.
LONGEST = 130
#: Two orders in English, in the other languages of the labels the day comes first.
_SLASHES = re.compile(r"\b(\d{1,2})/(\d{1,2})/(\d{4})\b")
_EDGES = " \t,;:：|·•/–—()[]-"


def parse_labelled(text: str) -> datetime | None:
    """Return the moment of publication, in UTC; without one, that of the change. None if anything else is in ``text``.

    A date without a label in front of a labelled one is that of publication.
    """
    if len(text) > LONGEST or not _any_label().search(text):
        return None
    first, *rest = _labels().split(text)
    if not rest:
        return None
    labels = [" ".join(label.casefold().split()) for label in rest[::2]]
    is_english = not set(labels).isdisjoint(_plain(f"{_PUBLISHED_IN_ENGLISH} {_CHANGED_IN_ENGLISH}"))
    moments = dict[bool, datetime]()
    for label, written in zip(("", *labels), (first, *rest[1::2]), strict=True):
        date = written.strip(_EDGES)
        if not date and not label:
            continue
        moment = parse_written(date if is_english else with_day_first(date))
        if moment is None:
            return None
        moments.setdefault(not label or label in _plain(_PUBLISHED), moment)
    return moments.get(True) or moments.get(False)


def with_day_first(text: str) -> str:
    """Return ``text`` with the dates of an unknown order, such as 06/05/2031, written as those with the day first."""
    return _SLASHES.sub(r"\1.\2.\3", text)


@cache
def _plain(labels: str) -> frozenset[str]:
    return frozenset(label.casefold().replace("_", " ") for label in labels.split())


@cache
def _labels() -> re.Pattern[str]:
    """Return the pattern that finds a label, the longest that begins at a place; a sign or a blank follows it."""
    return re.compile(rf"(?<![^\W\d_])({_alternatives()})(?=[\s:：|\d(-]|\Z)", re.IGNORECASE)


@cache
def _any_label() -> "re2._Regexp":
    """Return a pattern that finds a label in any place: a tenth of the time for a line that has none."""
    return re2.compile(f"(?i){_alternatives()}")


def _alternatives() -> str:
    labels = sorted({*_PUBLISHED.split(), *_CHANGED.split()}, key=lambda label: (-len(label), label))
    return "|".join(re.escape(label).replace("_", r"\s") for label in labels)
