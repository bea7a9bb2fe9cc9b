"""Invented English dispatches of each kind of pair that a reason explains."""

DISPATCH = (
    "The foundry at Harrowgate Mill will close at the end of March, its owner Castellan Metals said on "
    "Monday. About 340 workers lose their jobs. Managing director Edwin Sallow blamed the price of coke, "
    "which has risen by 62 percent since 2021, and the loss of a contract with the railway company Nordlinie.\n\n"
    "The union leader Moira Tansley called the decision a betrayal. She said that the workers had given up a "
    "month's wages in 2022 to keep the furnaces burning. On Thursday she will meet the minister of labour, "
    "Jonas Veldt, in Ostermouth.\n\n"
    "The foundry was built in 1898 and cast the bells of the cathedral at Brenning. Its two furnaces melt 90 "
    "tonnes of iron a day. The town council has asked for the halls to be listed, and a museum in Corvenham "
    "wants to take the oldest crane. Castellan Metals did not say what would become of the site, which covers "
    "eleven hectares next to the river Aske."
)
#: The first five sentences.
ABRIDGED = " ".join(DISPATCH.replace("\n\n", " ").split(". ")[:5]) + "."
#: The same reporting in other sentences.
REWRITE = (
    "Castellan Metals is shutting its foundry at Harrowgate Mill: by the end of March some 340 people will be "
    "out of work, the company announced on Monday. According to its managing director, Edwin Sallow, coke "
    "costs 62 percent more than it did in 2021, and the railway company Nordlinie has ended its contract.\n\n"
    "For the union, Moira Tansley spoke of a betrayal, since in 2022 the staff went without wages for a month "
    "so that the furnaces would stay lit. She is to see Jonas Veldt, the minister of labour, in Ostermouth on "
    "Thursday.\n\n"
    "Dating from 1898, the foundry made the bells for Brenning cathedral; 90 tonnes of iron a day are melted "
    "in its two furnaces. The council would like to see the halls listed, while the oldest crane may go to a "
    "museum in Corvenham. Nothing was said about the future of the eleven hectares on the river Aske."
)
_QUARTER = (
    "{company} said on {day} that its net profit in the third quarter rose to {profit} million crowns from "
    "{before} million a year earlier. Revenue was {revenue} million crowns. The board proposes an interim "
    "dividend of {dividend} crowns per share, payable to shareholders of record at the close of business. "
    "Chief executive {chief} said that the company expects growth to continue in the fourth quarter."
)
#: The results of two companies in one frame.
RESULTS = _QUARTER.format(
    company="Vellmar Shipping", day="Tuesday", profit=41.7, before=38.2, revenue=512, dividend=1.25, chief="Anneke Rood"
)
OTHER_RESULTS = _QUARTER.format(
    company="Tolbrook Dairies", day="Friday", profit=7.9, before=11.4, revenue=86, dividend=0.4, chief="Percival Munt"
)
_BACKGROUND = (
    "The tunnel under the Strait of Calder was begun in 2009 and was to open in 2016. Its cost has risen from "
    "3.1 to 8.4 billion crowns. In 2014 water broke into the northern tube, and work stood still for nineteen "
    "months. The builder, Grantham Union, sued the ministry of transport and lost in the court of Elmsworth."
)
_RESCUE = (
    "Firefighters rescued four engineers from a lift in the shaft at Porthaven on Sunday night. They had been "
    "trapped for six hours after a cable jammed. None was hurt, said a spokesman, Lionel Frey, and the lift "
    "will be inspected before work resumes. Hotels in the town had offered the families rooms."
)
_VOTE = (
    "Parliament refused on Wednesday to pay another 700 million crowns for rails and signals. By 81 votes to "
    "64 the members followed the budget committee under Sybil Arkwright, who wants an audit first. The "
    "opposition spoke of a scandal, and two deputies of the governing party abstained from the vote."
)
#: Two reports that end with the same background.
FOLLOW_UPS = (f"{_RESCUE}\n\n{_BACKGROUND}", f"{_VOTE}\n\n{_BACKGROUND}")
