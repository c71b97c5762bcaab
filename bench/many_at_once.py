"""Fifty training jobs and ten endpoints created at once: do all end well, on no more cores than there are?"""

import os
import signal
import threading
import time
from collections import Counter

import psutil

from bench.figures import Figure, show
from bench.tutorial import NAME, LocalAws, local_aws
from tests.aws.sagemaker_requests import training_request

_JOBS = 50
_ENDPOINTS = 10
_LONGEST = 600.0


def training_processes(server: psutil.Process) -> int:
    """Count the processes that train."""
    count = 0
    for child in server.children():
        try:
            count += child.cmdline()[-1] == "train"
        except (psutil.NoSuchProcess, psutil.ZombieProcess, IndexError):
            continue
    return count


def create_all(aws: LocalAws) -> None:
    """Create all jobs and endpoints."""
    for number in range(_JOBS):
        aws.sagemaker.create_training_job(**training_request(f"job-{number}"))
        if number < _ENDPOINTS:
            aws.sagemaker.create_endpoint(EndpointName=f"endpoint-{number}", EndpointConfigName=NAME)


def states(aws: LocalAws) -> Counter[str]:
    """Count jobs and endpoints by their status."""
    jobs = aws.sagemaker.list_training_jobs(MaxResults=100)["TrainingJobSummaries"]
    endpoints = aws.sagemaker.list_endpoints(MaxResults=100)["Endpoints"]
    return Counter(
        [*(job["TrainingJobStatus"] for job in jobs), *(found["EndpointStatus"] for found in endpoints)]
    )


def main() -> None:
    """Print the figures."""
    with local_aws() as aws:
        aws.train(NAME)
        aws.configure(NAME)
        server = psutil.Process(aws.server.process.pid)
        begin = time.perf_counter()
        creator = threading.Thread(target=create_all, args=(aws,))
        creator.start()
        most = 0
        expected = Counter(Completed=_JOBS + 1, InService=_ENDPOINTS)
        while (now := states(aws)) != expected:
            most = max(most, training_processes(server))
            if now["Failed"] or time.perf_counter() - begin > _LONGEST:
                raise SystemExit(f"not all reach their end: {now}")
            time.sleep(0.02)
        seconds = time.perf_counter() - begin
        creator.join()
        threads = server.num_threads()
        processes = [server, *server.children(recursive=True)]
        aws.server.process.send_signal(signal.SIGTERM)
        _, alive = psutil.wait_procs(processes, timeout=10)
    name = f"{_JOBS} training jobs and {_ENDPOINTS} endpoints at once"
    show(
        [
            Figure(f"{name}: all done after", seconds, "s"),
            Figure(f"{name}: jobs at a time", most, "jobs", at_most=os.cpu_count()),
            Figure(f"{name}: threads at the end", threads, "threads"),
            Figure(f"{name}: processes left after the stop", len(alive), "processes", at_most=0),
        ]
    )


if __name__ == "__main__":
    main()
