"""What mail programs write around a text, in the languages of their users: labels, attributions, signatures."""

import re


def _words(*lines: str) -> frozenset[str]:
    return frozenset(word for line in lines for word in line.split("|"))


#: Labels of the sender in the header of a forwarded mail, in lower case.
FROM = _words(
    "from|von|de|da|van|från|fra|lähettäjä|od|od:|feladó|kimden|gönderen|από|от|від|от кого|від кого|发件人|寄件者"
    "|寄件人|差出人|送信者|보낸 사람|보낸사람|expéditeur|remitente|mittente|afzender|odesílatel|nadawca|saatja"
    "|de la|pošiljatelj|šalje|no|nuo|מאת|من|จาก"
)
#: Labels of the time that only mail programs write; "date" alone may be the author's.
SENT = _words(
    "sent|gesendet|envoyé|enviado|enviado el|enviada em|inviato|verzonden|verstuurd|skickat|sendt|lähetetty|wysłano"
    "|wysłane|trimis|изпратено|odesláno"
    "|odoslané|elküldve|küldve|gönderildi|gönderilme tarihi|στάλθηκε|απεσταλμένα|отправлено|надіслано|发送时间|寄件日期"
    "|送信日時|보낸 날짜|saadetud|nosūtīts|išsiųsta|poslano|נשלח"
)
OTHER = _words(
    "date|datum|fecha|data|dato|päivämäärä|päiväys|dátum|tarih|ημερομηνία|дата|日期|日付|日時|날짜|kuupäev|datums",
    "to|an|à|a|para|per|aan|till|til|vastaanottaja|do|komu|címzett|kime|alıcı|προς|кому|收件人|收件者",
    "宛先|받는 사람|kellele",
    "cc|kopie|copie|copia|cópia|kopia|kopi|kopio|dw|másolatot kap|bilgi|κοιν|копия|копія|抄送|副本|참조|bcc",
    "subject|betreff|objet|asunto|oggetto|assunto|onderwerp|ämne|emne|aihe|temat|předmět|predmet|tárgy|konu|θέμα",
    "subiect|zadeva|către",
    "тема|主题|主旨|件名|제목|teema|reply-to|antwort an|répondre à|responder a|rispondi a|importance",
    "wichtigkeit|priority",
)
#: A word for "subject" or a time is in every such header.
SUBJECT = _words(
    "subject|betreff|objet|asunto|oggetto|assunto|onderwerp|ämne|emne|aihe|temat|předmět|predmet|tárgy|konu|θέμα",
    "тема|主题|主旨|件名|제목|teema|subiect|zadeva",
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
    r"(?:wrote|writes|schrieb[^\n:]{0,60}|schreibt|a écrit|écrivait|a ecrit|escribió|escreveu|ha scritto|scrive|schreef"
    r"|skrev[^\n:]{0,60}|kirjoitti|napisał(?:\(a\)|a)?|napsala?(?:\(a\))?|napísal(?:a|\(a\))?|píše|ezt írta[^\n:]{0,60}"
    r"|írta|yazdı|şunu yazdı|έγραψε|написал(?:а|\(а\))?|пише|пишет|написав(?:ла)?|kirjutas|rakstīja|rašė|je napisao"
    r"|je napisala|写道|寫道|のメール|さんは書きました|작성|כתב|كتب)\s{0,2}[:：]\s*\Z",
    re.IGNORECASE,
)
#: The last line of a mail from a telephone.
DEVICE = re.compile(
    r"(?:sent|get outlook|von meinem|gesendet|diese nachricht wurde von|envoyé|télécharger outlook|enviado|inviato"
    r"|verzonden|verstuurd|skickat|sendt|hent outlook|lähetetty|wysłano|wysłane|odesláno|odoslané|küldve|elküldve"
    r"|iphone'?umdan|отправлено|надіслано|στάλθηκε|从我的|我的)[^\n]{0,40}"
    r"(?:iphone|ipad|android|samsung|galaxy|blackberry|huawei|xiaomi|outlook|mobile|handy|smartphone|mobil)[^\n]{0,40}",
    re.IGNORECASE,
)
