"""Imported by the fork server before all else: it and its workers leave the run's process group.

A signal to that whole group (`timeout`, some supervisors) is for the run, which ends its workers
itself when they have cleaned what is fetched.
"""

import os

os.setpgid(0, 0)
