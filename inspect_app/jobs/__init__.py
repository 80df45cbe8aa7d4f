"""What the clock and the worker do. Each is safe to run twice; rows are the queue, a wake only makes it sooner."""

from .queue import register_jobs

__all__ = ["register_jobs"]
