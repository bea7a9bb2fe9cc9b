"""From the inbox folder to the ledger: find settled files, keep their bytes, record them, enqueue them."""
