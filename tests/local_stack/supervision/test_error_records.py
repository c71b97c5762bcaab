from local_stack.supervision.error_records import ErrorRecords

AIRFLOW = """\
2026-11-01T06:00:00.123456Z [info     ] Starting the scheduler [airflow.jobs] loc=a.py:1
2026-11-01T06:00:01.123456Z [error    ] Executor reported a failure [airflow.jobs] loc=a.py:2
  second line of it
2026-11-01 06:00:01.223456+00:00 [error    ] Task failed with exception [task] dag_id=d error_detail=[{}]
2026-11-01 06:00:01.323456+00:00 [error    ] a line of a script [task.stdout] dag_id=d
2026-11-01 06:00:01.423456+00:00 [error    ] Found: x [include.a] dag_id=d task_id=t ti_id=1-2 try_number=1
2026-11-01T06:00:02.123456Z [warning  ] not an error: the word ERRORS in a warning [airflow.jobs]
"""
LOCAL_AWS = """\
2026-11-01 06:00:00,123 POST SageMaker.CreateModel 200 4 ms
2026-11-01 06:00:01,123 CreateModel failed inside local AWS
  | Traceback (most recent call last):
  |   File "server.py", line 1, in answer
  | ValueError: no
2026-11-01 06:00:02,123 POST SageMaker.CreateModel 500 4 ms
"""
UVICORN = """\
INFO:     127.0.0.1:1 - "GET /api/v2/dags HTTP/1.1" 200 OK
ERROR:    Exception in ASGI application
Traceback (most recent call last):
  File "a.py", line 1, in app
RuntimeError: no
INFO:     127.0.0.1:1 - "GET /api/v2/dags HTTP/1.1" 500 Internal Server Error
"""
BARE = """\
Traceback (most recent call last):
  File "a.py", line 1, in app
ImportError: no
"""


def shown(log: str) -> list[str]:
    records = ErrorRecords()
    return [line for text in log.splitlines() for line in records.shown(text)]


def test_errors_are_shown_whole_and_nothing_else() -> None:
    assert shown(AIRFLOW) == AIRFLOW.splitlines()[1:3]
    assert shown(LOCAL_AWS) == LOCAL_AWS.splitlines()[1:5]
    assert shown(UVICORN) == UVICORN.splitlines()[1:5]
    assert shown(BARE) == BARE.splitlines()


def test_a_record_is_shown_once() -> None:
    traceback = "Traceback (most recent call last):"
    two = ["2026-11-01 06:00:00,123 fails", traceback, traceback]
    assert shown("\n".join(two)) == two
