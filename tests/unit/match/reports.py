# ruff: noqa: E501 - sentences of other scripts are wider than they are long, and use their own punctuation
"""Short articles written for the tests, in twelve languages, of invented people and places.

Each language has a report, a copy as an editor would retouch it, and another outlet's report on the subject.
"""

from typing import NamedTuple


class Reports(NamedTuple):
    """Three texts in a language."""

    report: str
    copy: str
    other: str


REPORTS = {
    "en": Reports(
        "The harbour of Velmouth closed on Tuesday after a barge carrying 900 tonnes of gravel sank near the lighthouse, "
        "the coastguard said. Captain Ada Thornbury and her crew of four were pulled from the water within an hour. Divers "
        "will inspect the wreck on Friday before two cranes from Port Lassing lift it. Fishing boats were told to use the "
        "pier at Crale until further notice, and the mayor, Owen Braddick, promised to pay for the detour.",
        "Velmouth's harbour was closed on Tuesday after a barge carrying 900 tonnes of gravel sank near the lighthouse, "
        "the coastguard said. Captain Ada Thornbury and her four crew were pulled from the water within the hour. Divers "
        "will look at the wreck on Friday before two cranes from Port Lassing lift it. Fishing boats were told to use the "
        "pier at Crale until further notice.",
        "Shopkeepers in Velmouth complain that the town council spends too little on the old harbour. A petition signed by "
        "2,300 residents asks for a new ferry terminal and cleaner beaches before the summer. Councillor Ruth Pellow said "
        "that the budget for next year had already been agreed. The coastguard station will be painted in May, and a "
        "museum of fishing is planned in the former customs house.",
    ),
    "es": Reports(
        "El ayuntamiento de Villarrubia aprobó el lunes un plan para plantar 12.000 olivos en la ladera quemada del monte "
        "Cabral. La alcaldesa, Inés Valdehita, explicó que los vecinos cuidarán los árboles durante cinco años. El "
        "incendio de agosto destruyó 340 hectáreas y obligó a desalojar el colegio. Los bomberos de Tordera donarán una "
        "cisterna para el riego, y la universidad enviará a dos ingenieros.",
        "El ayuntamiento de Villarrubia aprobó este lunes un plan para plantar 12.000 olivos en la ladera quemada del "
        "monte Cabral. La alcaldesa Inés Valdehita explicó que los vecinos cuidarán los árboles durante cinco años. El "
        "incendio de agosto arrasó 340 hectáreas y obligó a desalojar el colegio. Los bomberos de Tordera donarán una "
        "cisterna para el riego.",
        "El precio del aceite volvió a subir en los mercados de Villarrubia por la sequía. Los agricultores calculan que "
        "la cosecha será la mitad que el año pasado y piden ayudas al gobierno regional. La cooperativa reunió a 200 "
        "socios para hablar del riego, pero no llegó a ningún acuerdo. El lunes habrá otra asamblea en el colegio.",
    ),
    "de": Reports(
        "Die Brücke über die Wehra bei Altenfurt bleibt nach einem Riss im Pfeiler bis Oktober gesperrt. Das teilte der "
        "Landrat Holger Brennecke am Donnerstag mit. Prüfer hatten den Schaden bei einer Kontrolle mit Tauchern entdeckt. "
        "Rund 6.500 Pendler müssen nun über Kleinrode fahren, was etwa zwanzig Minuten länger dauert. Die Reparatur soll "
        "1,8 Millionen Euro kosten; das Land übernimmt die Hälfte.",
        "Nach einem Riss im Pfeiler bleibt die Brücke über die Wehra bei Altenfurt bis Oktober gesperrt, teilte Landrat "
        "Holger Brennecke am Donnerstag mit. Prüfer hatten den Schaden bei einer Kontrolle mit Tauchern entdeckt. Rund "
        "6.500 Pendler müssen nun über Kleinrode fahren, was etwa zwanzig Minuten länger dauert. Die Reparatur soll 1,8 "
        "Millionen Euro kosten.",
        "Im Landkreis werden in diesem Jahr elf Brücken geprüft, darunter auch Fußgängerstege in Altenfurt. Die Kosten "
        "steigen seit Jahren, klagt der Kreistag. Eine Bürgerinitiative fordert breitere Radwege und will im Herbst "
        "Unterschriften übergeben. Der Verkehrsverein rechnet mit mehr Gästen als im Vorjahr.",
    ),
    "fr": Reports(
        "La bibliothèque de Saint-Orlan rouvrira samedi après trois ans de travaux, a annoncé le maire, Firmin Laborde. "
        "Le toit, effondré sous la neige, a été reconstruit en ardoise et 42.000 livres ont retrouvé leurs rayons. "
        "L'architecte Solène Marquet a gardé l'escalier de 1887. Le département a payé les deux tiers des 3,4 millions "
        "d'euros; le reste vient d'une souscription des habitants.",
        "Après trois ans de travaux, la bibliothèque de Saint-Orlan rouvrira samedi, a annoncé le maire Firmin Laborde. Le "
        "toit, effondré sous la neige, a été reconstruit en ardoise et 42.000 livres ont retrouvé leurs rayons. "
        "L'architecte Solène Marquet a gardé l'escalier de 1887. Le département a payé les deux tiers des 3,4 millions "
        "d'euros.",
        "Les écoles de Saint-Orlan manquent de livres, selon une association de parents. Elle demande au département une "
        "aide de 15.000 euros avant la rentrée. Le conseil municipal en parlera au mois de juin. Une collecte aura lieu "
        "samedi sur la place du marché, avec des lectures pour les enfants et un concert.",
    ),
    "pt": Reports(
        "O comboio noturno entre Lagoaça e Vilarinho volta a circular em março, disse na quarta-feira a ministra Berta "
        "Quintela. A linha esteve parada onze anos por causa de um desabamento no túnel de Ferrões. As obras custaram 27 "
        "milhões de euros e deram trabalho a 310 pessoas. Os bilhetes vão custar nove euros, e as bicicletas viajam de "
        "graça nos dois primeiros meses.",
        "O comboio noturno entre Lagoaça e Vilarinho volta a circular em março, anunciou na quarta-feira a ministra Berta "
        "Quintela. A linha esteve parada durante onze anos por causa de um desabamento no túnel de Ferrões. As obras "
        "custaram 27 milhões de euros e deram trabalho a 310 pessoas. Os bilhetes vão custar nove euros.",
        "Os trabalhadores dos caminhos de ferro marcaram uma greve para março e exigem melhores salários. O sindicato diz "
        "que faltam maquinistas em Vilarinho e que as carruagens são antigas. A empresa responde que comprou oito "
        "comboios e que chegam no próximo ano. Os passageiros serão avisados por mensagem.",
    ),
    "it": Reports(
        "Il forno comunale di Montelagno, spento dal 1956, tornerà a cuocere il pane ogni giovedì. Lo ha deciso il "
        "sindaco Tullio Garavani dopo una raccolta di 1.150 firme. La farina verrà dal mulino di Pratofosco e le pagnotte "
        "saranno vendute a due euro. La fornaia Elide Sbarra insegnerà il mestiere a sei ragazzi disoccupati, pagati "
        "dalla provincia per un anno.",
        "Il forno comunale di Montelagno, spento dal 1956, tornerà a cuocere il pane ogni giovedì: lo ha deciso il "
        "sindaco Tullio Garavani dopo una raccolta di 1.150 firme. La farina arriverà dal mulino di Pratofosco e le "
        "pagnotte saranno vendute a due euro. La fornaia Elide Sbarra insegnerà il mestiere a sei ragazzi disoccupati.",
        "Il prezzo del pane è salito del dodici per cento in un anno nella provincia. Le associazioni dei consumatori "
        "chiedono controlli nei mercati e nei supermercati. Secondo i fornai la colpa è dell'energia e della farina, che "
        "arriva da lontano. A Montelagno il mercato del giovedì sarà spostato in piazza.",
    ),
    "id": Reports(
        "Pasar ikan di Teluk Samara terbakar pada Minggu malam dan menghanguskan 84 kios, kata kepala polisi Bagus "
        "Wirayuda. Tidak ada korban jiwa, tetapi dua penjaga dirawat karena menghirup asap. Api diduga berasal dari "
        "korsleting di gudang es. Wali kota Ratna Kusumastuti menjanjikan bantuan tiga juta rupiah untuk setiap pedagang "
        "dan tempat jualan sementara di lapangan Merdeka.",
        "Pasar ikan di Teluk Samara terbakar Minggu malam dan menghanguskan 84 kios, ujar kepala polisi Bagus Wirayuda. "
        "Tidak ada korban jiwa, namun dua penjaga dirawat karena menghirup asap. Api diduga berasal dari korsleting di "
        "gudang es. Wali kota Ratna Kusumastuti menjanjikan bantuan tiga juta rupiah untuk setiap pedagang.",
        "Harga ikan di Teluk Samara turun karena nelayan mendapat hasil besar setelah badai berlalu. Para pedagang "
        "berharap pembeli dari kota datang pada akhir pekan. Dinas perikanan berencana membangun dermaga baru tahun depan "
        "dengan biaya sembilan miliar rupiah. Sekolah pelayaran juga akan dibuka kembali.",
    ),
    "ru": Reports(
        "В городе Верхнелужске из-за прорыва плотины эвакуировали жителей трёх улиц, сообщил мэр Аркадий Полозов. Вода "
        "поднялась на два метра и залила 130 домов. Спасатели доставили людей в школу на лодках. Никто не погиб, но "
        "пожилая учительница Зоя Ветлугина попала в больницу. Плотину построили в 1961 году и проверяли в последний раз "
        "семь лет назад.",
        "Из-за прорыва плотины в городе Верхнелужске эвакуировали жителей трёх улиц, рассказал мэр Аркадий Полозов. Вода "
        "поднялась на два метра и залила 130 домов. Спасатели доставили людей в школу на лодках. Никто не погиб, но "
        "пожилая учительница Зоя Ветлугина попала в больницу. Плотину построили в 1961 году.",
        "Уровень воды в реке Луже этой весной ниже обычного, говорят метеорологи. Рыбаки жалуются на плохой улов, а "
        "дачники готовятся к засухе. В Верхнелужске откроют новую набережную и причал для прогулочных лодок. Городская "
        "школа получит спортивный зал к сентябрю.",
    ),
    "ar": Reports(
        "أعلنت بلدية وادي الزهراء يوم الأحد إغلاق الجسر القديم بعد ظهور شقوق في أعمدته الحجرية. وقال المهندس سامر "
        "الخطيبي إن ترميم الجسر سيستغرق تسعة أشهر ويكلف 4 ملايين دينار. ويعبر الجسر كل يوم نحو 8500 سيارة بين السوق "
        "والميناء. وطلبت الشرطة من السائقين استخدام طريق تل المرجان حتى نهاية الأعمال.",
        "أعلنت بلدية وادي الزهراء الأحد إغلاق الجسر القديم بعد ظهور شقوق في أعمدته الحجرية. وقال المهندس سامر الخطيبي "
        "إن ترميم الجسر سيستغرق تسعة أشهر ويكلف 4 ملايين دينار. ويعبر الجسر يوميا نحو 8500 سيارة بين السوق والميناء. "
        "وطلبت الشرطة من السائقين استخدام طريق تل المرجان.",
        "افتتحت وزارة الثقافة في وادي الزهراء معرضا للصور القديمة يضم 300 لوحة من تاريخ المدينة. ويستمر المعرض شهرا في "
        "دار السراي قرب الميناء. وقالت المديرة هدى النجار إن الدخول مجاني للطلاب. ومن المنتظر أن يزور المعرض آلاف "
        "السياح في الصيف القادم.",
    ),
    "hi": Reports(
        "सूरजगढ़ में मंगलवार को तेज़ बारिश से नहर का बाँध टूट गया और 22 गाँवों में पानी भर गया। ज़िलाधिकारी नंदिता राजपुरोहित ने बताया कि 1400 "
        "लोगों को स्कूलों में ठहराया गया है। सेना की दो टुकड़ियाँ नावों से राशन पहुँचा रही हैं। किसानों का कहना है कि धान की आधी फ़सल नष्ट हो गई। सरकार "
        "ने हर परिवार को दस हज़ार रुपये देने की घोषणा की है।",
        "मंगलवार को तेज़ बारिश से सूरजगढ़ में नहर का बाँध टूट गया और 22 गाँवों में पानी भर गया। ज़िलाधिकारी नंदिता राजपुरोहित ने कहा कि 1400 "
        "लोगों को स्कूलों में ठहराया गया है। सेना की दो टुकड़ियाँ नावों से राशन पहुँचा रही हैं। किसानों का कहना है कि धान की आधी फ़सल नष्ट हो गई।",
        "सूरजगढ़ के बाज़ार में इस सप्ताह सब्ज़ियों के दाम बढ़ गए। दुकानदार बताते हैं कि ट्रकों की हड़ताल से माल नहीं आ रहा। नगर पालिका ने नई सड़क के लिए "
        "निविदा निकाली है, जिस पर अगले साल काम शुरू होगा। मेले की तैयारी भी चल रही है और कलाकार दूर शहरों से आएँगे।",
    ),
    "zh": Reports(
        "临江市周三宣布，连接老城与北岸的渡轮将于下月停运。市长罗启明说，渡轮已使用四十六年，维修费用每年超过八百万元。新的人行桥由工程师"
        "沈若兰设计，全长九百米，预计明年春天开放。停运期间，市民可以免费乘坐七路公交车过江。渔民协会担心游客减少，要求政府给予补贴。",
        "临江市周三宣布，连接老城与北岸的渡轮下月停运。市长罗启明表示，渡轮已使用四十六年，维修费用每年超过八百万元。新的人行桥由工程师沈若兰"
        "设计，全长九百米，预计明年春天开放。停运期间，市民可免费乘坐七路公交车过江。",
        "临江市中学生足球联赛周末开幕，十六支球队参加比赛。教育局希望更多学校建设操场，并邀请退役球员担任教练。决赛将在北岸体育场举行，门票"
        "收入捐给山区小学。去年的冠军队今年换了主教练，球迷期待他们卫冕。",
    ),
    "ja": Reports(
        "波野町は水曜日、老朽化した灯台を来月から一年かけて修理すると発表した。灯台は1932年に建てられ、壁に長さ三メートルのひびが見つかった。町長の"
        "葛城遼子さんは、費用二億円の半分を県が負担すると説明した。工事の間、漁船には仮の明かりが用意される。設計者の孫にあたる建築家の真柴誠さんが"
        "監修する。",
        "波野町は水曜日、老朽化した灯台を来月から一年かけて修理すると明らかにした。灯台は1932年に建てられ、壁に長さ三メートルのひびが見つかった。"
        "町長の葛城遼子さんは費用二億円の半分を県が負担すると説明した。工事の間、漁船には仮の明かりが用意される。",
        "波野町の小学校で、児童が育てた野菜を使った給食が始まった。校長は食べ残しが減ったと喜んでいる。農家の人たちが週に一度、畑の手入れを教えに"
        "来る。秋には収穫祭が開かれ、隣の町の子どもたちも招かれる予定だ。",
    ),
}
