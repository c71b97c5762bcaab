"""The stack of `make up`, used as a person does: in a browser.

With SCREENSHOTS set to a folder, the pictures of the documents go there: `make screenshots`.
"""

import csv
import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import quote, unquote

import httpx
import pytest
from selenium.webdriver import Chrome
from selenium.webdriver.common.by import By
from selenium.webdriver.common.keys import Keys

from include.pipeline.aws.object_store import read_object
from include.pipeline.documents.metrics import Evaluation
from include.pipeline.documents.plan import PlanReference, RunPlan
from local_stack.airflow_api import AirflowApi
from local_stack.demo import DAG_ID, SAMPLE
from local_stack.results import LocalAwsClient
from local_stack.stack import PROJECT, REGION, USER, LocalStack, free_port
from tests.services.accessibility import serious_faults
from tests.services.airflow_runs import end_of_run
from tests.services.browser import (
    PAGE_SECONDS,
    SCALE,
    chromium,
    element,
    log_in,
    needs_chromium,
    take_picture,
)
from tests.services.deployment_limits import limits_setting
from tests.tutorial_data import BANK_CLEAN

pytestmark = [pytest.mark.slow, pytest.mark.stacks, pytest.mark.timeout(3000), needs_chromium]

_START_SECONDS = 300
_RUN_SECONDS = 900
_SOURCE = "s3://source/bank_clean.csv"
_THRESHOLD = "0.4"


@dataclass(frozen=True)
class Up:
    """A stack that `make up` has started, with the data at `_SOURCE`."""

    url: str
    password: str
    aws: LocalAwsClient
    airflow: AirflowApi


@pytest.fixture(scope="module")
def up(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Up]:
    folder = tmp_path_factory.mktemp("local")
    stack = LocalStack(folder / "airflow", airflow_port=free_port(), local_aws_port=free_port())
    password = stack.password
    limits = limits_setting(folder, s3_sources=["s3://source/"], keep_endpoint=True)
    ports = {"AIRFLOW_PORT": str(stack.airflow_port), "LOCAL_AWS_PORT": str(stack.local_aws_port)}
    with (folder / "up.log").open("wb") as log:
        process = subprocess.Popen(
            [sys.executable, "-m", "local_stack.up"],
            cwd=PROJECT,
            env=os.environ | {"LOCAL_STACK_FOLDER": str(folder)} | ports | limits,
            stdout=log,
            stderr=subprocess.STDOUT,
            start_new_session=True,
        )
    try:
        with AirflowApi(stack.airflow_url, USER, password) as airflow:
            wait_for(lambda: airflow.is_ready(DAG_ID), _START_SECONDS)
            aws = LocalAwsClient(stack.aws_url, REGION, stack.aws_key)
            aws.s3.create_bucket(Bucket="source")
            data = BANK_CLEAN if BANK_CLEAN.is_file() else SAMPLE
            aws.s3.upload_file(str(data), "source", "bank_clean.csv")
            yield Up(stack.airflow_url, password, aws, airflow)
    finally:
        process.send_signal(signal.SIGINT)
        process.wait(timeout=30)


@pytest.fixture(scope="module")
def browser(up: Up) -> Iterator[Chrome]:
    """A browser whose user has logged in."""
    with chromium(width=1400, height=1000, scale=SCALE) as driver:
        log_in(driver, up.url, USER, up.password)
        yield driver


@pytest.fixture(scope="module")
def run_id(up: Up, browser: Chrome) -> str:
    """A run that was triggered from the form, with data and threshold changed, and watched until its end."""
    browser.get(f"{up.url}/dags/{DAG_ID}")
    element(browser, "[data-testid=trigger-dag-button]").click()
    open_section(browser, "Data")
    fill(browser, "data_url", _SOURCE)
    open_section(browser, "Threshold")
    fill(browser, "threshold", _THRESHOLD)
    element(browser, "[role=dialog] button", "Trigger").click()
    wait_for(lambda: bool(up.airflow.runs(DAG_ID)), PAGE_SECONDS)
    (run,) = up.airflow.runs(DAG_ID)
    browser.get(run_url(up, run.dag_run_id))
    # The page is not loaded again: it says by itself when the run is over.
    element(browser, "[data-testid=header-card] [data-testid=state-badge]", "Success", seconds=_RUN_SECONDS)
    assert up.airflow.run(DAG_ID, run.dag_run_id).state == "success"
    return run.dag_run_id


@pytest.fixture(scope="module")
def other_run_id(up: Up, run_id: str) -> str:
    """Another run, with fewer rounds, which keeps its endpoint."""
    fewer = plan_of(up, run_id).params.hyperparameters | {"num_round": 20}
    other = up.airflow.trigger(DAG_ID, {"data_url": _SOURCE, "hyperparameters": fewer, "keep_endpoint": True})
    end_of_run(up.airflow, DAG_ID, other.dag_run_id, _RUN_SECONDS)
    return other.dag_run_id


def wait_for(happened: Callable[[], bool], seconds: float) -> None:
    deadline = time.monotonic() + seconds
    while not happened():
        assert time.monotonic() < deadline
        time.sleep(0.5)


def open_section(browser: Chrome, section: str) -> None:
    element(browser, "[role=dialog] button", section).click()


def fill(browser: Chrome, param: str, value: str) -> None:
    """Type a value into the field of a Param."""
    field = element(browser, f"[role=dialog] input[name=element_{param}]")
    browser.execute_script("arguments[0].scrollIntoView({block: 'center'})", field)
    field.send_keys(Keys.CONTROL, "a")
    field.send_keys(value, Keys.TAB)


def run_url(up: Up, run_id: str) -> str:
    return f"{up.url}/dags/{DAG_ID}/runs/{quote(run_id)}"


def framed_text(browser: Chrome) -> str:
    """Read the page in the UI's frame, or in the frame in that: the report's."""
    browser.switch_to.frame(element(browser, "iframe"))
    try:
        if inner := browser.find_elements(By.TAG_NAME, "iframe"):
            browser.switch_to.frame(inner[0])
        return element(browser, "main").text
    finally:
        browser.switch_to.default_content()


def plan_of(up: Up, run_id: str) -> RunPlan:
    return up.aws.plan(PlanReference.model_validate(up.airflow.xcom(DAG_ID, run_id, "plan_run")))


def evaluation_of(up: Up, run_id: str) -> Evaluation:
    metrics = plan_of(up, run_id).locations.metrics
    return Evaluation.model_validate_json(read_object(up.aws.s3, metrics))


def test_the_form_decides_how_a_run_goes(up: Up, run_id: str) -> None:
    plan = plan_of(up, run_id)
    assert (plan.params.data_url, plan.params.threshold) == (_SOURCE, float(_THRESHOLD))
    assert evaluation_of(up, run_id).threshold == float(_THRESHOLD)


def test_the_tab_shows_the_figures_of_metrics_json(up: Up, browser: Chrome, run_id: str) -> None:
    browser.get(run_url(up, run_id))
    element(browser, "a", "Model report").click()
    shown = framed_text(browser)
    take_picture(browser, "report-tab")
    evaluation = evaluation_of(up, run_id)
    for name, label in (
        ("accuracy", "Accuracy"),
        ("precision", "Precision"),
        ("recall", "Recall"),
        ("f1", "F1"),
        ("roc_auc", "ROC AUC"),
        ("average_precision", "Average precision"),
        ("log_loss", "Log loss"),
        ("brier_score", "Brier score"),
    ):
        interval = evaluation.intervals[name]
        row = f"{label} {getattr(evaluation, name):.4f} {interval.low:.4f} to {interval.high:.4f}"
        assert row in shown
    for count in dict(evaluation.confusion_matrix).values():
        assert f"({count:,})" in shown
    assert f"at the threshold {_THRESHOLD}" in shown


def test_the_report_is_whole_in_light_and_dark(up: Up, browser: Chrome, run_id: str) -> None:
    browser.get(f"{up.url}/model_report/report?dag_id={DAG_ID}&run_id={quote(run_id)}")
    for scheme in ("light", "dark"):
        features = [{"name": "prefers-color-scheme", "value": scheme}]
        browser.execute_cdp_cmd("Emulation.setEmulatedMedia", {"features": features})
        drawn = browser.execute_script("return document.querySelectorAll('figure svg[role=img]').length")
        assert drawn >= 7
        take_picture(browser, f"report-{scheme}")
    browser.execute_cdp_cmd("Emulation.setEmulatedMedia", {"features": []})


def test_a_task_leads_to_the_report_and_to_no_console_that_is_not_there(
    up: Up, browser: Chrome, run_id: str
) -> None:
    browser.get(f"{run_url(up, run_id)}/tasks/evaluate_model/details")
    link = element(browser, "a", "Model report")
    assert link.get_attribute("href") == f"{run_url(up, run_id)}/plugin/model_report"
    browser.get(f"{run_url(up, run_id)}/tasks/train_model/details")
    element(browser, "td", "ResumableSageMakerTrainingOperator")
    assert "SageMaker training job" not in [each.text for each in browser.find_elements(By.TAG_NAME, "a")]


def test_the_models_page_lists_and_compares_runs(
    up: Up, browser: Chrome, run_id: str, other_run_id: str
) -> None:
    browser.get(up.url)
    element(browser, "button", "Browse").click()
    element(browser, "a", "Models").click()
    shown = framed_text(browser)
    take_picture(browser, "models")
    for each in (run_id, other_run_id):
        assert each in shown
        assert f"{evaluation_of(up, each).roc_auc:.4f}" in shown

    first, second = (quote(f"{DAG_ID}/{each}", safe="") for each in (run_id, other_run_id))
    browser.get(f"{up.url}/model_report/compare?first={first}&second={second}")
    compared = element(browser, "main").text
    take_picture(browser, "comparison")
    difference = evaluation_of(up, other_run_id).roc_auc - evaluation_of(up, run_id).roc_auc
    assert f"{abs(difference):.4f}" in element(browser, "tr", "ROC AUC").text
    assert "num_round" in compared


# CSS pixels between the margins of a page of paper, of 14 mm.
A4 = 688
# The rows of tables in which as many columns are not shown as in the table's head.
_UNEVEN_ROWS = """
const wide = row =>
  [...row.cells].filter(cell => cell.checkVisibility()).reduce((sum, cell) => sum + cell.colSpan, 0);
return [...document.querySelectorAll("table:has(thead)")].flatMap(table =>
  [...table.tBodies].flatMap(body => [...body.rows]).filter(row => wide(row) !== wide(table.tHead.rows[0]))
).map(row => row.textContent);
"""


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("page", ["models", "plot", "run", "report", "tasks", "log", "compare"])
def test_a_page_is_for_keyboards_screen_readers_phones_and_paper(  # noqa: PLR0917
    up: Up, browser: Chrome, run_id: str, other_run_id: str, tmp_path: Path, page: str, scheme: str
) -> None:
    first, second = (quote(f"{DAG_ID}/{each}", safe="") for each in (run_id, other_run_id))
    run = f"dag_id={DAG_ID}&run_id={quote(run_id)}"
    address = {
        "plot": "models?figure=roc_auc&x=recall&y=precision",
        "log": f"log?{run}&task_id=check_quality",
        "compare": f"compare?first={first}&second={second}",
        "models": "models",
    }.get(page, f"{page}?{run}")
    features = [{"name": "prefers-color-scheme", "value": scheme}]
    phone = {"width": 390, "height": 844, "deviceScaleFactor": 1, "mobile": True}
    try:
        browser.execute_cdp_cmd("Emulation.setEmulatedMedia", {"features": features})
        browser.get(f"{up.url}/model_report/{address}")
        assert serious_faults(browser, tmp_path / "page.html") == []
        browser.execute_cdp_cmd("Emulation.setDeviceMetricsOverride", phone)
        assert browser.execute_script("return document.documentElement.scrollWidth") <= phone["width"]
        browser.execute_cdp_cmd("Emulation.setDeviceMetricsOverride", phone | {"width": A4})
        browser.execute_cdp_cmd("Emulation.setEmulatedMedia", {"media": "print", "features": features})
        assert browser.execute_script("return document.documentElement.scrollWidth") <= A4
        assert browser.execute_script(_UNEVEN_ROWS) == []
    finally:
        browser.execute_cdp_cmd("Emulation.clearDeviceMetricsOverride", {})
        browser.execute_cdp_cmd("Emulation.setEmulatedMedia", {"media": "", "features": []})


def test_the_tab_leads_to_logs_and_to_the_comparison_and_back(up: Up, browser: Chrome, run_id: str) -> None:
    browser.get(run_url(up, run_id))
    element(browser, "a", "Model report").click()
    browser.switch_to.frame(element(browser, "iframe"))
    try:
        element(browser, "nav a", "Tasks and logs").click()
        element(browser, "a", "check_quality").click()
        assert "roc_auc = " in element(browser, "pre").text
        element(browser, "a", "All tasks").click()
        element(browser, "h1", "Tasks and logs")
        element(browser, "a", run_id).click()
        element(browser, "nav a", "All models").click()
        element(browser, "h1", "Models")
    finally:
        browser.switch_to.default_content()


def test_tables_and_plots_of_the_framed_report_are_saved_as_files(
    up: Up, browser: Chrome, run_id: str, tmp_path: Path
) -> None:
    saving = {"behavior": "allow", "downloadPath": str(tmp_path)}
    browser.execute_cdp_cmd("Browser.setDownloadBehavior", saving)
    browser.get(run_url(up, run_id))
    element(browser, "a", "Model report").click()
    browser.switch_to.frame(element(browser, "iframe"))
    try:
        element(browser, "nav a", "predictions.csv").click()
        browser.switch_to.frame(element(browser, "iframe"))
        for name in ("metrics.csv", "roc.svg"):
            link = browser.find_element(By.CSS_SELECTOR, f"a[download='{name}']")
            browser.execute_cdp_cmd("Page.bringToFront", {})
            link.send_keys(Keys.ENTER)
        wanted = {"predictions.csv", "metrics.csv", "roc.svg"}
        wait_for(lambda: wanted <= {file.name for file in tmp_path.iterdir()}, PAGE_SECONDS)
    finally:
        browser.switch_to.default_content()
    rows = dict(row[:2] for row in csv.reader((tmp_path / "metrics.csv").read_text().splitlines()))
    assert any(f"{evaluation_of(up, run_id).roc_auc:.4f}" in value for value in rows.values())
    assert (tmp_path / "roc.svg").read_text().startswith("<svg")


def test_what_a_kept_endpoint_costs_is_seen_and_it_is_taken_away_without_leaving_the_browser(
    up: Up, browser: Chrome, other_run_id: str
) -> None:
    models = f"{up.url}/model_report/models"
    browser.get(models)
    kept = element(browser, "section[aria-labelledby=kept]")
    assert "Kept as asked: 1, 6.72 USD a day" in kept.text
    assert other_run_id in kept.text
    name = element(browser, "section[aria-labelledby=kept] code", "bank-marketing").text
    element(browser, "summary").click()
    assert f"--endpoint-name {name}" in element(browser, "pre", "invoke-endpoint").text

    browser.get(f"{up.url}/dags/delete_kept_endpoint")
    element(browser, "[data-testid=trigger-dag-button]").click()
    element(browser, "[role=dialog] input[name=element_endpoint]").click()
    browser.execute_cdp_cmd("Input.insertText", {"text": name})  # pasted, as the form asks
    element(browser, "[role=dialog] button", "Trigger").click()
    wait_for(lambda: [run.state for run in up.airflow.runs("delete_kept_endpoint")] == ["success"], 120)
    browser.get(models)
    element(browser, "h1", "Models")
    assert browser.find_elements(By.CSS_SELECTOR, "section[aria-labelledby=kept]") == []


# Of a page: its path, and after how many milliseconds it first drew something.
_PAINT = """
return performance.getEntriesByName("first-contentful-paint").map(
  paint => `${location.pathname} ${paint.startTime}`)[0]
"""
# Those of pages that lead to others, and of frames. The report in its frame may keep nothing.
_PAINTS = """
new PerformanceObserver(seen => seen.getEntriesByName("first-contentful-paint").forEach(paint => {
  if (origin !== "null")
    sessionStorage.paints = `${sessionStorage.paints || ""}${location.pathname} ${paint.startTime}\\n`;
})).observe({type: "paint", buffered: true});
"""


def test_each_page_tells_how_soon_it_is_seen(up: Up, browser: Chrome, run_id: str, other_run_id: str) -> None:
    first, second = (quote(f"{DAG_ID}/{each}", safe="") for each in (run_id, other_run_id))
    script = browser.execute_cdp_cmd("Page.addScriptToEvaluateOnNewDocument", {"source": _PAINTS})
    try:
        browser.get(up.url)
        element(browser, "button", "Browse").click()
        element(browser, "a", "Models").click()
        framed_text(browser)
        browser.get(run_url(up, run_id))
        element(browser, "a", "Model report").click()
        framed_text(browser)
        told = str(browser.execute_script("return sessionStorage.paints")).splitlines()
        report = f"report?dag_id={DAG_ID}&run_id={quote(run_id)}"
        for address in (report, f"open/compare?first={first}&second={second}"):
            browser.get(f"{up.url}/model_report/{address}")
            wait_for(lambda: bool(browser.execute_script(_PAINT)), PAGE_SECONDS)
            told.append(str(browser.execute_script(_PAINT)))
    finally:
        browser.execute_cdp_cmd("Page.removeScriptToEvaluateOnNewDocument", script)
    # pytest -rP shows it.
    for line in told:
        path, milliseconds = line.split()
        print(f"{path}: first paint {float(milliseconds):.0f} ms after its address was asked for")
    own = {line.split()[0].partition("/model_report/")[2] for line in told}
    assert {"models", "run", "report", "compare"} <= own


def test_two_clicks_lead_from_the_list_of_dags_to_why_the_last_run_has_failed(
    up: Up, browser: Chrome, other_run_id: str
) -> None:
    unknown = plan_of(up, other_run_id).params.hyperparameters | {"num_rounds": 20}
    failed = up.airflow.trigger(DAG_ID, {"data_url": _SOURCE, "hyperparameters": unknown}).dag_run_id
    wait_for(lambda: up.airflow.run(DAG_ID, failed).state == "failed", _RUN_SECONDS)
    browser.get(f"{up.url}/dags")
    # That of its last run.
    element(browser, f"a[href*='/dags/{DAG_ID}/runs/']").click()
    assert unquote(browser.current_url).endswith(failed)
    element(browser, "a", "Model report").click()
    browser.switch_to.frame(element(browser, "iframe"))
    try:
        told = element(browser, "pre", "Found: ").text.splitlines()
    finally:
        browser.switch_to.default_content()
    assert "'num_rounds' is unknown" in told[0]
    assert [line.partition(":")[0] for line in told] == ["Found", "Expected", "To do"]


# The graph with its task groups closed.
STEPS = (
    *("plan_run", "create_bucket", "prepare_data", "train_model", "deploy_endpoint"),
    *("evaluate", "teardown"),
)


def test_the_graph_shows_the_run(up: Up, browser: Chrome, run_id: str) -> None:
    # From the top down, so that its steps can be read in a page as wide as the README's.
    browser.execute_script(f"localStorage.setItem('direction-{DAG_ID}', '\"DOWN\"')")
    browser.get(run_url(up, run_id))
    element(browser, "[aria-label^='Show Graph']").click()
    for step in STEPS:
        element(browser, ".react-flow__node", step)
    assert len(browser.find_elements(By.CSS_SELECTOR, ".react-flow__node")) == len(STEPS)
    take_picture(browser, "dag", ".react-flow__node")


@pytest.mark.parametrize(
    "path", ["models", f"run?dag_id={DAG_ID}&run_id=any", "compare?first=a/b&second=a/c"]
)
def test_who_has_not_logged_in_sees_nothing(up: Up, path: str) -> None:
    answer = httpx.get(f"{up.url}/model_report/{path}")
    assert answer.status_code == 401
    assert DAG_ID not in answer.text
