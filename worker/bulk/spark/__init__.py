"""Bulk on Spark: the SQL and the functions of `worker.bulk`, for a corpus that one machine is too small for.

Every host sees the input and the work folder under the same path. Texts are read there where they are compared; only
ids, keys and pairs go through Spark.
"""
