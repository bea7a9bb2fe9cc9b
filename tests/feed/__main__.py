"""Write the feed as a corpus: ``python -m tests.feed FOLDER``."""

import argparse
from pathlib import Path

from tests.feed.corpus import write_corpus

parser = argparse.ArgumentParser(description="Write the generated feed as a corpus for `copydesk evaluate`.")
parser.add_argument("folder", type=Path, help="a folder, which is created")
write_corpus(parser.parse_args().folder)
