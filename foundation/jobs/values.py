"""What only one worker can hold: an advisory lock with this key on PostgreSQL, this file beside SQLite, locked."""

WORKER_KEY = 0x776F726B
WORKER_FILE = "worker.lock"
