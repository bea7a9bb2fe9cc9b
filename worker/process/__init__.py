"""What every long-running process needs: logging, child processes, a guard against stalls, a stage timer."""
