"""What can be asked of a run wherever it trains: on this machine, or as a job on a rented one."""

from __future__ import annotations

from ganstudio.runs import jobs, local
from ganstudio.runs.folder import RunFolder
from ganstudio.runs.summary import state_of
from ganstudio.words import Refused


def stop(run: RunFolder, token: str | None = None) -> None:
    """Has it save and end; a job is ended at once, and what it has pushed stays. Raises `Refused`."""
    if run.read_job():
        jobs.cancel(run, token)
    else:
        local.stop(run)


def resume(run: RunFolder, device: str) -> None:
    """Starts the run again on this machine; one whose job has ended goes on from what that pushed. Raises `Refused`."""
    job = run.read_job()
    if not job:
        local.start(run, device)
        return
    if state_of(run) in jobs.LIVE:
        raise Refused("run.busy", folder=run.path)
    (run.path / "job.json").unlink(missing_ok=True)  # from here on its process says how it is
    try:
        local.start(run, device)
    except Refused:
        run.write_job(**job)
        raise


def delete(run: RunFolder) -> None:
    """Deletes the run, never one that trains or whose job costs money. Raises `Refused`."""
    if run.read_job() and state_of(run) in jobs.LIVE:
        raise Refused("run.alive", folder=run.path)
    local.delete(run)
