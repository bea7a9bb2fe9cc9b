"""The tests: `unit` needs no service, `integration` and `acceptance` do, `benchmarks` measure."""
