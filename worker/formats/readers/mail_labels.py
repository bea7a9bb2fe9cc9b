"""What mail programs write around a text, in the languages of their users: labels, attributions, signatures."""

import re


def _words(*lines: str) -> frozenset[str]:
    return frozenset(word for line in lines for word in line.split("|"))


#: Labels of the sender in the header of a forwarded mail, in lower case.
FROM = _words(
    "from|von|de|da|van|från|fra|lähettäjä|od|od:|feladó|kimden|gönderen|από|от|від|от кого|від кого|发件人|寄件者"
    "|寄件人|差出人|送信者|보낸 사람|보낸사람|expéditeur|remitente|mittente|afzender|odesílatel|nadawca|saatja"
    "|de la|pošiljatelj|šalje|no|nuo|מאת|من|จาก|từ|người gửi|प्रेषक"
)
#: Labels of the time that only mail programs write; "date" alone may be the author's.
SENT = _words(
    "sent|gesendet|envoyé|enviado|enviado el|enviada em|inviato|verzonden|verstuurd|skickat|sendt|lähetetty|wysłano"
    "|wysłane|trimis|изпратено|odesláno"
    "|odoslané|elküldve|küldve|gönderildi|gönderilme tarihi|στάλθηκε|απεσταλμένα|отправлено|надіслано|发送时间|寄件日期"
    "|送信日時|보낸 날짜|saadetud|nosūtīts|išsiųsta|poslano|נשלח|تم الإرسال|đã gửi|ส่ง|भेजा गया"
)
OTHER = _words(
    "date|datum|fecha|data|dato|päivämäärä|päiväys|dátum|tarih|ημερομηνία|дата|日期|日付|日時|날짜|kuupäev|datums",
    "to|an|à|a|para|per|aan|till|til|vastaanottaja|do|komu|címzett|kime|alıcı|προς|кому|收件人|收件者",
    "宛先|받는 사람|kellele",
    "cc|kopie|copie|copia|cópia|kopia|kopi|kopio|dw|másolatot kap|bilgi|κοιν|копия|копія|抄送|副本|참조|bcc",
    "subject|betreff|objet|asunto|oggetto|assunto|onderwerp|ämne|emne|aihe|temat|předmět|predmet|tárgy|konu|θέμα",
    "subiect|zadeva|către",
    "тема|主题|主旨|件名|제목|teema|reply-to|antwort an|répondre à|responder a|rispondi a|importance",
    "wichtigkeit|priority|importancia|importanza|importância|belang|urgentie|prioritet|prioritate|ważność|důležitost",
    "fontosság|önem|важность|важливість|重要性|重要度|중요도",
    "attachments|anlagen|anhänge|pièces jointes|datos adjuntos|archivos adjuntos|allegati|anexos|bijlagen",
    "bifogade filer|vedlegg|vedhæftede filer|liitteet|załączniki|přílohy|mellékletek|ekler|вложения|вкладення|附件",
    "添付ファイル|첨부 파일|אל|נושא|תאריך|إلى|الموضوع|التاريخ|tới|đến|chủ đề|tiêu đề|ngày|ถึง|เรื่อง|วันที่|विषय|दिनांक",
)
#: A word for "subject" or a time is in every such header.
SUBJECT = _words(
    "subject|betreff|objet|asunto|oggetto|assunto|onderwerp|ämne|emne|aihe|temat|předmět|predmet|tárgy|konu|θέμα",
    "тема|主题|主旨|件名|제목|teema|subiect|zadeva|נושא|الموضوع|chủ đề|tiêu đề|เรื่อง|विषय",
)
#: What the line above the header of a forwarded mail says, if no dashes are around it.
FORWARDED = re.compile(
    r"forward|weitergeleitet|réexpédi|transféré|reenvi|inoltrat|encaminhad|reencaminhad|doorgestuurd|vidarebefordra"
    r"|videresend|välitetty|edelleen|przekaz|přeposl|preposl|továbbít|iletil|προωθ|пересыл|пересла|переслан|转发|轉寄|転送|전달"
    r"|original (?:message|mail)|ursprüngliche|message d.origine|mensaje original|messaggio originale"
    r"|mensagem original",
    re.IGNORECASE,
)
#: The line above a mail that was answered, or forwarded by Outlook.
ANSWERED = re.compile(
    r"original (?:message|mail)|ursprüngliche|message d.origine|mensaje original|messaggio originale|mensagem original"
    r"|oorspronkelijk bericht|ursprungligt meddelande|oprindelig meddelelse|opprinnelig melding|原始邮件|原始郵件",
    re.IGNORECASE,
)
#: The end of the line above a quoted reply: "On 9 April Mara Ellund wrote:"
ATTRIBUTION = re.compile(
    r"(?:wrote|writes|schrieb[^\n:]{0,60}|schreibt|a écrit|écrivait|a ecrit|escribió|escreveu|ha scritto|scrive"
    r"|schreef[^\n:]{0,60}|đã viết|เขียนว่า|ने लिखा|쓴 글"
    r"|skrev[^\n:]{0,60}|kirjoitti|napisał(?:\(a\)|a)?|napsala?(?:\(a\))?|napísal(?:a|\(a\))?|píše|ezt írta[^\n:]{0,60}"
    r"|írta|yazdı|şunu yazdı|έγραψε|написал(?:а|\(а\))?|пише|пишет|написав(?:ла)?|kirjutas|rakstīja|rašė|je napisao"
    r"|je napisala|写道|寫道|のメール|さんは書きました|작성|כתב|كتب)\s{0,2}[:：]\s*\Z",
    re.IGNORECASE,
)
#: A mail program names an address and the time to the minute in the line above what it quotes, in any language.
ADDRESS_OF_QUOTED = re.compile(r"[<(\[][^<>()\[\]\s]{1,200}@[^<>()\[\]\s]{1,200}[>)\]]")
MINUTE_OF_QUOTED = re.compile(r"\b\d{1,2}[:.h時点시]\s?\d{2}(?!\d)")
#: A line of the footer of a list has one of these, a paragraph about a list has none.
ADDRESS_OR_LINK = re.compile(r"\S@\S|https?://")
#: Marks of the direction of writing, which Hebrew and Arabic programs put around names.
DIRECTIONS = re.compile(r"[\u200e\u200f\u202a-\u202e\u2066-\u2069]")
_DEVICES = (
    r"(?:iphon|ipad|\bios\b|android|samsung|galaxy|xperia|blackberry|huawei|xiaomi|小米|华为|outlook|mobile|handy|smartphone"
    r"|mobil|proton ?mail|yahoo|gmail|\bgmx\b|web\.de|mail\.ru|яндекс|tutanota|thunderbird|mail app)"
)
#: The last line of a mail from a telephone, or from a program that advertises itself.
DEVICE = re.compile(
    r"(?:(?:sent (?:from|with|via|using|by|on)\b|von meinem|gesendet (?:von|mit|aus|über)\b|diese nachricht wurde von"
    r"|envoyé|télécharger outlook|enviado|inviato"
    r"|verzonden|verstuurd|skickat|sendt|hent outlook|lähetetty|wysłano|wysłane|odesláno|odoslané|küldve|elküldve"
    rf"|отправлено|надіслано|изпратено|trimis|στάλθηκε|发自|發自|从我的|從我的|我的)[^\n]{{0,40}}{_DEVICES}[^\n]{{0,40}}"
    rf"|(?:[^\n]{{1,12}} )?{_DEVICES}\S{{0,12}}[^\n]{{0,12}}(?:から送信|에서 보냄|gönderildi|küldve)"
    r"|(?:\S{1,20} ){0,4}outlook (?:for|für|pour|para|per|voor|för|til|dla|для|pro) (?:ios|android|mac)"
    r"(?: \S{1,20}){0,2})(?:\s?<https?://[^\s<>]{1,100}>)?\.?",
    re.IGNORECASE,
)
