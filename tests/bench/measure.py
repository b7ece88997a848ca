"""Runs a command and prints what it cost: seconds of CPU, seconds on the clock, KiB of memory.

    python -I -S measure.py COMMAND…

A process of its own, with next to nothing imported: Linux counts as the peak of a command also
what the process took that started it. Exit code 2 when the command failed; conflicts (its exit
code 1) are done, too.
"""

import os
import sys
import time

nowhere = os.open(os.devnull, os.O_WRONLY)
start = time.perf_counter()
process = os.posix_spawnp(
    sys.argv[1], sys.argv[1:], os.environ, file_actions=[(os.POSIX_SPAWN_DUP2, nowhere, 1)]
)
_, status, usage = os.wait4(process, 0)
clock = time.perf_counter() - start
print(usage.ru_utime + usage.ru_stime, clock, usage.ru_maxrss)
sys.exit(0 if os.waitstatus_to_exitcode(status) in (0, 1) else 2)
