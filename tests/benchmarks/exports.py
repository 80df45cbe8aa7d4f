"""What an export costs: first byte, rows a second, what the process grows by, and how long pages take beside it.

`python -m tests.benchmarks.exports` (LARGE=100000, BENCH_DATA=folder) on the data that tests.benchmarks.lists has grown.
"""

import http.client
import os
import statistics
import threading
import time
from pathlib import Path
from urllib.parse import urlencode

import psutil

from tests.benchmarks.lists import DATA, LARGE
from tests.benchmarks.serving import serving, sign_in
