"""A dispatch on a summit in English, Spanish and Bengali, written for this project: of the kind of the real files."""

from tests.translated import ORIGINAL, TRANSLATION, DispatchText

ENGLISH = (
    "Lin Haoran will leave his country for the first time in 28 months this week for a trip to Central Asia, "
    "where he is to meet Viktor Surikov at a summit of the Eastern Cooperation Council in Tashkent. He arrives "
    "in Kazakhstan on Wednesday, 14 September, and flies on to Uzbekistan on Thursday, his office said on "
    "Monday. Eight leaders are expected at the talks on 15 and 16 September. Trade between the two countries "
    'rose 31 percent to $117 billion in the first eight months of the year. "He wants to show that he is certain '
    'of a third term," said Aigul Bekova of the Institute for Regional Studies in Almaty. The party congress '
    "begins on 16 October."
)
SPANISH = (
    "Lin Haoran saldrá esta semana de su país por primera vez en 28 meses para viajar a Asia Central, donde se "
    "reunirá con Viktor Surikov en una cumbre del Consejo de Cooperación Oriental en Taskent. Llegará a "
    "Kazajistán el miércoles 14 de septiembre y seguirá el jueves hacia Uzbekistán, informó el lunes su oficina. "
    "Se espera a ocho dirigentes en las conversaciones del 15 y el 16 de septiembre. El comercio entre ambos "
    "países creció un 31 por ciento, hasta 117.000 millones de dólares, en los ocho primeros meses del año. "
    "«Quiere mostrar que está seguro de un tercer mandato», dijo Aigul Bekova, del Instituto de Estudios "
    "Regionales de Almaty. El congreso del partido comienza el 16 de octubre."
)
BENGALI = (
    "লিন হাওরান ২৮ মাসের মধ্যে প্রথমবারের মতো এ সপ্তাহে দেশের বাইরে মধ্য এশিয়া সফরে যাচ্ছেন। তাশখন্দে "
    "পূর্বাঞ্চলীয় সহযোগিতা পরিষদের শীর্ষ সম্মেলনে তিনি ভিক্টর সুরিকভের সঙ্গে বৈঠক করবেন। তিনি ১৪ সেপ্টেম্বর "
    "বুধবার কাজাখস্তানে পৌঁছাবেন এবং বৃহস্পতিবার উজবেকিস্তানে যাবেন বলে সোমবার তাঁর কার্যালয় জানিয়েছে। ১৫ ও ১৬ "
    "সেপ্টেম্বরের আলোচনায় আট নেতার যোগ দেওয়ার কথা। বছরের প্রথম আট মাসে দুই দেশের বাণিজ্য ৩১ শতাংশ বেড়ে ১১ "
    'হাজার ৭০০ কোটি ডলার হয়েছে। আলমাটির আঞ্চলিক গবেষণা ইনস্টিটিউটের আইগুল বেকোভা বলেন, "তিনি দেখাতে চান যে '
    'তৃতীয় মেয়াদ নিয়ে তিনি নিশ্চিত।" ১৬ অক্টোবর দলের কংগ্রেস শুরু হবে।'
)
_DAY = "2022-09-12T0{}:00:00Z"
#: In the order of their publication.
SUMMIT = (
    DispatchText("summit", ORIGINAL, "en", "Lin to leave for Central Asia", ENGLISH, _DAY.format(6)),
    DispatchText("summit", TRANSLATION, "es", "Lin viaja a Asia Central", SPANISH, _DAY.format(8)),
    DispatchText("summit", TRANSLATION, "bn", "মধ্য এশিয়া সফরে যাচ্ছেন লিন", BENGALI, _DAY.format(9)),
)
