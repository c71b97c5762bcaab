"""docs/errors.md against the tree of errors: each kind has its section, and each row of a section happens."""

import io
import re
from collections.abc import Callable
from pathlib import Path

import pytest
from botocore.exceptions import ClientError

import include.pipeline.errors
from include.datasets.make_examples import path_of
from include.pipeline.aws.deployment_id import check_deployment_id
from include.pipeline.aws.error_words import in_words
from include.pipeline.aws.object_store import receive_object
from include.pipeline.documents.plan import RunPlan
from include.pipeline.errors import PipelineError
from include.pipeline.history.quality import check_quality
from include.pipeline.planning.cost import check_cost_limit
from include.pipeline.planning.role import resolve_role
from include.pipeline.source.policy import SourcePolicy
from tests.docs.pages import Page, Section
from tests.docs.refusals import (
    HEADER,
    ROWS,
    Place,
    answered,
    beyond_limits,
    bucket,
    changed_yaml,
    classes,
    client,
    drifted,
    few_rows,
    full_disk,
    hold,
    labelled,
    local,
    no_address,
    one_time,
    scores,
    table,
    two_classes,
    without_limits,
    yaml,
)
from tests.pipeline.made_up_figures import metrics
from tests.pipeline.planned import CONFIG, plan_of
from tests.pipeline.report.example import evaluation_of
from tests.project import PROJECT

PAGE = Page(PROJECT / "docs" / "errors.md")
SECTIONS = {section.heading: section for section in PAGE.sections}
FROM_AWS = "What AWS itself answers"
# The tree is drawn at the top of its module: each class, and what it is about.
TREE = dict(re.findall(r"[├└]── (\w+) +(.+)", include.pipeline.errors.__doc__ or ""))
Case = tuple[Callable[[Place], object], str]
# For each row: what meets it, and a text of the message.
CASES: dict[tuple[str, str], Case] = {
    ("ConfigError", "the file is not YAML"): (
        lambda place: yaml(place, "title: ["),
        "made.yaml: while parsing",
    ),
    ("ConfigError", "the algorithm does not learn labels of this kind"): (
        lambda place: changed_yaml(
            place, algorithm="factorization-machines", table={"label": "y", "kind": "multiclass"}
        ),
        "Factorization Machines is for kind: binary or regression",
    ),
    ("ConfigError", "a field has a name or a value that is not known"): (
        lambda place: yaml(place, "titel: x"),
        "titel",
    ),
    ("ConfigError", "a job may take longer than `expires_after_hours`"): (
        lambda place: changed_yaml(place, aws={"max_runtime_seconds": 90_000}),
        "a training job that long outlasts expires_after_hours = 24",
    ),
    ("ConfigError", "the file that `PIPELINE_LIMITS_FILE` names is not there"): (
        without_limits,
        "limits.yaml",
    ),
    ("ParamError", "a Param has a name that does not exist"): (lambda _: plan_of({"colour": 1}), "colour"),
    ("ParamError", "a value is out of its bounds"): (
        lambda _: plan_of({"train_fraction": 1.5}),
        "train_fraction = 1.5",
    ),
    ("ParamError", "the limits do not allow what a Param chooses"): (beyond_limits, "ml.p4d.24xlarge"),
    ("ParamError", "no role is set"): (
        lambda _: resolve_role(None, None, lambda: client("iam")),
        "role = None",
    ),
    ("ParamError", "the role's ARN is not one"): (
        lambda _: resolve_role("arn:aws:iam::1:user/me", None, lambda: client("iam")),
        "an ARN of a role reads",
    ),
    ("ParamError", "IAM does not show the role of that name"): (
        lambda _: resolve_role(
            "no-such-role", None, lambda: client("iam", ("get_role", "NoSuchEntity", 404))
        ),
        "IAM answers NoSuchEntity",
    ),
    ("ParamError", "the connection has no region"): (lambda _: plan_of({}, region=""), "region_name"),
    ("ParamError", "a hyperparameter is not one of the image"): (
        lambda _: plan_of({"hyperparameters": dict(CONFIG.params.hyperparameters) | {"silent": 0}}),
        "silent",
    ),
    ("ParamError", "a hyperparameter is not for the kind of label"): (
        lambda _: plan_of({"hyperparameters": {**CONFIG.params.hyperparameters, "num_class": 3}}),
        "the label is 0 or 1",
    ),
    ("ParamError", "the bucket's name breaks S3's rules"): (
        lambda _: plan_of({"bucket": "My_Data"}),
        "My_Data",
    ),
    ("ParamError", "the run may cost more than `max_cost`"): (
        lambda _: check_cost_limit(plan_of({}), 0.01),
        "max_cost = 0.01, and the run may cost",
    ),
    ("ParamError", "the id of this Airflow is not valid"): (
        lambda _: check_deployment_id("My-Airflow"),
        "My-Airflow",
    ),
    ("PlanError", "the YAML, the limits or a Variable changed while the run was under way"): (
        lambda _: hold({"bucket": "of-mallory"}),
        "clear plan_run",
    ),
    ("PlanError", "somebody wrote the XCom"): (
        lambda _: hold({"keep_endpoint": True}),
        "who may write XComs",
    ),
    ("SourceError", "there is no such address, or no network"): (no_address, "Name or service not known"),
    ("SourceError", "the server answers 404 or 403"): (lambda _: answered(403), "answered 403 Forbidden"),
    ("SourceError", "the answer is a web page"): (
        lambda _: answered(200, **{"Content-Type": "text/html"}),
        "not a web page",
    ),
    ("SourceError", "a local file is read without permission"): (
        lambda _: SourcePolicy().check("/data/bank.csv"),
        "local files are not allowed here",
    ),
    ("SourceError", "the file is larger than allowed"): (
        lambda place: local(place, HEADER + ROWS * 100),
        "a source has at most 10000",
    ),
    ("SourceError", "the file is not the one that its name promises"): (
        lambda place: local(place, HEADER + ROWS, f"bank.{'0' * 40}.csv"),
        "its name promises",
    ),
    ("DataError", "the label's column is missing"): (
        lambda _: table("age,y_no\n20,1\n"),
        "'y_yes', the label, is absent",
    ),
    ("DataError", "a column holds text"): (
        lambda _: table(HEADER + "old,0,1\n21,1,0\n"),
        "a cell is a number",
    ),
    ("DataError", "the cells are separated by semicolons"): (
        lambda _: table((HEADER + ROWS).replace(",", ";")),
        "file: {delimiter",
    ),
    ("DataError", "it is the file in which the bank's data was published"): (
        lambda _: table(path_of("bank_marketing_raw").read_text()),
        "Run the pipeline bank_marketing_raw",
    ),
    ("DataError", "the label has a third value beside `positive` and one other"): (
        lambda _: labelled("yes no perhaps", positive="yes"),
        "positive, as the pipeline's YAML has it, or one other value",
    ),
    ("DataError", "the label is empty in a row"): (
        lambda _: labelled("yes no NA", positive="yes"),
        "and never empty",
    ),
    ("DataError", "a label of `kind: regression` is no number in a row"): (
        lambda _: labelled("1.5 2 cheap", kind="regression"),
        "the label is a number in every row",
    ),
    ("DataError", "the label has more classes than `num_class`"): (
        lambda _: classes("a b c", {"num_class": 2}),
        "has 3 classes",
    ),
    ("DataError", "Linear Learner is given a label of two classes"): (
        lambda _: two_classes(),
        "Linear Learner tells 3 classes or more",
    ),
    ("DataError", "the file is not in UTF-8"): (
        lambda _: table("größe,y_no,y_yes\n1,0,1\n", "windows-1252"),
        "file: {encoding: windows-1252}",
    ),
    ("DataError", "the label has one class only"): (
        lambda _: table(HEADER + "20,0,1\n21,0,1\n"),
        "both 0 and 1",
    ),
    ("DataError", "too few rows for a split"): (few_rows, "train_fraction"),
    ("DataError", "the time or the key of the split is the same in every row"): (
        one_time,
        "'age', the time, is the same in every row",
    ),
    ("DriftError", "a column is new or missing"): (lambda _: drifted(missing=("age",)), "'age' is missing"),
    ("DriftError", "a share has shifted further than `psi_fail` of the YAML"): (
        lambda _: drifted(label_psi=0.3),
        "psi_fail = 0.25",
    ),
    ("EndpointError", "the answers are no probabilities"): (lambda _: scores("-1.5\n2\n"), "binary:logistic"),
    ("OwnerError", "another account has the bucket"): (
        lambda _: bucket(("head_bucket", "404", 404)),
        "data is another account's",
    ),
    ("BucketError", "the bucket is in another region than the connection"): (
        lambda _: bucket(("head_bucket", {"BucketRegion": "eu-west-1"})),
        "is in eu-west-1",
    ),
    ("BucketError", "the identity may not list it"): (
        lambda _: bucket(("head_bucket", "403", 403), owner="210987654321"),
        "s3:ListBucket",
    ),
    ("BucketError", "the bucket of another account is not there"): (
        lambda _: bucket(("head_bucket", "404", 404), owner="210987654321"),
        "Have it made",
    ),
    ("ObjectError", "there is no such object"): (
        lambda _: receive_object(client("s3", ("head_object", "404", 404)), "s3://b/k", io.BytesIO()),
        "there is no such object",
    ),
    ("ObjectError", "the object is denied"): (
        lambda _: receive_object(
            client("s3", ("head_object", "403", 403), ("get_object", "AccessDenied", 403)),
            "s3://b/k",
            io.BytesIO(),
        ),
        "Allow s3:GetObject, and s3:ListBucket",
    ),
    ("DocumentError", "the document is damaged, or a later version wrote it"): (
        lambda _: RunPlan.read(b"{", "s3://b/plan.json"),
        "s3://b/plan.json is not JSON",
    ),
    ("WorkerError", "the worker's temporary folder is full"): (full_disk, "TMPDIR"),
    ("QualityError", "the model misses a bound of the gate"): (
        lambda _: check_quality(evaluation_of(**dict(metrics(roc_auc=0.6)), previous=None), CONFIG.params),
        "min_roc_auc = 0.7",
    ),
}
# What takes Airflow or SageMaker to happen: the test that has it happen, and its words.
ELSEWHERE = {
    ("ProcessingError", "somebody stopped the job, or it reached its longest run time"): (
        "operators/sagemaker/test_processing.py",
        "ended as Stopped",
    ),
    ("ProcessingError", "the image lacks Python or a package that the split needs"): (
        "pipeline/data/processing/test_job.py",
        "the image of the job has no botocore",
    ),
    ("ProcessingError", "the job has told no reason, as where its memory was full"): (
        "pipeline/data/processing/test_job.py",
        "ended as Failed: AlgorithmError: exit code 137",
    ),
    ("ProcessingError", "what the job wrote is not there as it wrote it"): (
        "operators/sagemaker/test_processing.py",
        "it is what the job has written",
    ),
    ("TrainingError", "the container failed"): ("operators/sagemaker/test_training.py", "ended as Failed"),
    ("TrainingError", "somebody stopped the job, or it reached its longest run time"): (
        "operators/sagemaker/test_training.py",
        "ended as Stopped",
    ),
    ("TrainingError", "of a tuning job, no training job has a model"): (
        "operators/sagemaker/test_tuning.py",
        "'failing' ended as Failed: No training job",
    ),
    ("TrainingError", "of several `algorithms`, all are left out"): (
        "pipeline/evaluation/test_contest.py",
        "is left to choose",
    ),
    ("EndpointError", "the endpoint failed"): ("operators/sagemaker/test_deferral.py", "is Failed: "),
    ("TransformError", "the job failed, or somebody stopped it"): (
        "operators/sagemaker/test_transform.py",
        "ended as Stopped",
    ),
    ("TransformError", "the job took longer than `max_runtime_seconds`"): (
        "operators/sagemaker/test_transform.py",
        "within max_runtime_seconds = 0",
    ),
    ("TransformError", "an answer is absent, or is not one probability for each row"): (
        "pipeline/scoring/test_scoring.py",
        "1 scores for 300 rows",
    ),
    ("OwnerError", "something bears the run's name that the run did not make"): (
        "operators/sagemaker/test_endpoint.py",
        "is there already",
    ),
    ("OwnerError", "the database is a copy of another Airflow's"): (
        "security/test_deployments.py",
        "is of deployment 'prod'",
    ),
    ("ObjectError", "the object is not what an earlier task wrote"): (
        "security/test_poisoned_rows.py",
        "split_data wrote it with",
    ),
    ("CleanupError", "the identity may not delete it, or object lock keeps it"): (
        "pipeline/teardown/test_deleted_versions.py",
        "Access Denied",
    ),
    ("CleanupError", "MFA delete keeps it"): (
        "pipeline/teardown/test_deleted_versions.py",
        "Mfa Authentication must be used",
    ),
}


def test_the_tree_has_every_kind() -> None:
    kinds = [kind for kind in PipelineError.__subclasses__() if kind.__module__ == PipelineError.__module__]
    assert list(TREE) == [kind.__name__ for kind in kinds]


def test_each_kind_has_its_section_in_the_order_of_the_tree() -> None:
    assert list(SECTIONS) == [*TREE, FROM_AWS]
    for name, about in TREE.items():
        assert SECTIONS[name].text.startswith(about[0].upper() + about[1:]), name


def test_each_row_is_met_and_each_case_has_its_row() -> None:
    rows = [(section.heading, row[0]) for section in PAGE.sections for row in section.rows]
    assert len(rows) == len(set(rows))
    assert {row for row in rows if row[0] != FROM_AWS} == CASES.keys() | ELSEWHERE.keys()
    assert not CASES.keys() & ELSEWHERE.keys()


@pytest.mark.parametrize("row", CASES, ids=": ".join)
def test_a_row_happens(row: tuple[str, str], tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    happen, said = CASES[row]
    with pytest.raises(PipelineError) as refused:
        happen(Place(tmp_path, monkeypatch))
    assert type(refused.value).__name__ == row[0]
    assert said in str(refused.value)


@pytest.mark.parametrize("row", ELSEWHERE, ids=": ".join)
def test_a_row_happens_elsewhere(row: tuple[str, str]) -> None:
    file, said = ELSEWHERE[row]
    text = (PROJECT / "tests" / file).read_text(encoding="utf-8")
    assert re.search(rf"raises\({row[0]}, match=r?f?\"[^\n]*{re.escape(said)}", text)


def test_each_code_of_aws_is_one_that_the_pipeline_tells_in_words() -> None:
    section: Section = SECTIONS[FROM_AWS]
    codes = [code for row in section.rows for code in re.findall(r"\w+", row[0])]
    assert codes
    for code in codes:
        assert in_words(ClientError({"Error": {"Code": code, "Message": ""}}, "CreateEndpoint")), code
