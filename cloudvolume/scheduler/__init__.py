"""Ways to walk one list of jobs: on the calling thread, or on several threads.

Each runs the same jobs with the same result, and raises the first error of a job in the caller.
"""

from .threads import run_jobs

__all__ = ["run_jobs"]
