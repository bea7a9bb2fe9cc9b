"""Invented reports for the tests of related stories: two independent reports of one event, and a recurring report."""

FERRY = (
    "The car ferry Halvard ran aground off Skarnes on Sunday night with 212 passengers on board, the coastguard "
    "said. All were taken ashore by two lifeboats from Brevik before midnight, and nobody was hurt. Captain "
    "Ingeborg Ruud told harbour radio that the steering failed when the Halvard passed the Tangen lighthouse in "
    "heavy fog. The ferry company Nordlinje cancelled all crossings between Skarnes and Brevik until Wednesday. "
    "Divers will look for holes in the hull once the wind drops, said Per Aune of the maritime authority, which "
    "has opened an inquiry."
)
#: Another reporter's account of the same event: no sentence is shared.
FERRY_OTHER = (
    "Passengers spent two cold hours on deck after the car ferry Halvard hit rocks near the Tangen lighthouse in "
    "heavy fog. We heard a bang and the lights went out, said Tuva Lien, a student on her way home from Brevik. "
    "In Skarnes the school opened its gymnasium, and neighbours brought soup, blankets and dry shoes. It is the "
    "third accident on this crossing since Nordlinje bought the old ship in Denmark eight years ago; the trade "
    "union has long asked for a second helmsman at night. The company did not answer our questions. It will run "
    "buses through the mountains instead, which takes four hours."
)
#: Another event of the same kind: a ferry, a captain, a coastguard, but other places and people.
OTHER_FERRY = (
    "A river ferry with 40 cyclists lost its rudder on the Wehra above Altenfurt on Tuesday afternoon and drifted"
    " onto a sandbank. Firefighters from Kleinrode pulled it free with a winch after an hour. The skipper, Holger"
    " Brennecke, said that a log had struck the boat. The district office closed the landing stage and will have "
    "it checked by an expert. Cyclists can cross by the railway bridge at Stonnal until the end of the week."
)
UNRELATED = (
    "Bakers in Lindow will open an hour later from May, because flour now comes by the slow morning train. The "
    "guild voted for the change by 31 to 9. Its chairwoman, Ruth Pellow, said that night work had driven away "
    "apprentices. Cafes asked for deliveries at noon instead, and the council will lift the ban on vans in the "
    "market square."
)


def results(company: str, place: str, share: int, net: int, sales: int) -> str:
    """Return a recurring report, the same frame for each company."""
    return (
        f"{place} - {company} 4th quarter results. Net profit per share {share} cents against {share - 7} cents. Net "
        f"profit {net},412 against {net - 131},387. Sales {sales}.4 million against {sales - 3}.1 million. Twelve "
        f"months per share {share * 4} cents against {share * 3} cents. Note: the prior year excludes an extraordinary"
        " gain from a tax loss carryforward and discontinued operations. Average shares outstanding were unchanged."
    )


ANNEX = results("Annex Tools Corp", "Velmouth", 31, 907, 18)
TERRIN = results("Terrin Paper Inc", "Port Lassing", 12, 433, 9)
