"""Objects in a bucket of S3, or of what speaks its protocol, through obstore.

The library is optional. Only what uses a bucket imports this package.
"""

from worker.errors import SettingsError

try:
    import obstore as obstore
except ImportError as error:
    raise SettingsError("A bucket needs one more library: pip install '.[object-storage]'") from error
