"""What every long-running process needs: a log, child processes, a guard against stalls, timers of stages."""
