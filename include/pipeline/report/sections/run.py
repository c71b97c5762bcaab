"""The run itself: its data, its job, what it cost, and what decided on its model."""

from dataclasses import dataclass
from datetime import timedelta
from typing import TYPE_CHECKING

from include.pipeline.documents.split import Sides
from include.pipeline.documents.training.algorithm import ALGORITHMS, XGBOOST
from include.pipeline.documents.training.cost import sum_of
from include.pipeline.planning.hyperparameters.request import decided, hyperparameters_of
from include.pipeline.report import costs, formats

if TYPE_CHECKING:
    from include.pipeline.report.contents import ReportContents
    from include.pipeline.values.data_interval import DataInterval


@dataclass(frozen=True)
class Facts:
    """Facts that belong together, by name."""

    title: str
    values: dict[str, str]


@dataclass(frozen=True)
class RunSection:
    """All facts of the run, in groups."""

    groups: list[Facts]


def gather(contents: "ReportContents") -> RunSection:
    """Gather the section. The data's URL is the one without secrets."""
    return RunSection(groups=_groups(contents))


def _groups(contents: "ReportContents") -> list[Facts]:
    plan, raw, split, job = contents.plan, contents.raw, contents.split, contents.training
    params, identity = plan.params, plan.identity
    return [
        Facts(
            "Run",
            {
                "DAG": identity.dag_id,
                "Run": identity.run_id,
                "Planned": formats.moment(identity.planned_at),
                **_interval(identity.interval),
                "Report written": formats.moment(contents.written),
                "AWS account": f"{identity.account_id}, {identity.region}",
                "Bucket": plan.bucket,
                "Results": plan.locations.run,
            },
        ),
        Facts(
            "Data",
            {
                "URL": raw.url,
                "SHA-256": raw.sha256,
                "Size": formats.size(raw.bytes),
                "ETag": raw.etag or "none given",
                "Last modified": raw.last_modified or "not told",
                "Kept at": raw.uri,
            },
        ),
        Facts(
            "Split",
            {
                "Rows": formats.count(split.rows),
                "Train": _rows(contents, split.train_rows, split.train_positives),
                "Validation": formats.count(split.validation_rows),
                "Test": _rows(contents, split.test_rows, split.test_positives),
                "Training fraction": f"{params.train_fraction:g}",
                "Validation fraction": f"{params.validation_fraction:g}",
                "Seed": str(params.seed),
                **_sides(contents),
                "Label": plan.table.label,
                **_columns(contents),
                "Columns": formats.count(len(split.feature_names)),
                "SHA-256 of the training rows": split.train_sha256,
                **_split_job(contents),
            },
        ),
        Facts(
            "Training",
            {
                **({"Trained by": contents.reused_from} if contents.reused_from else {}),
                **_algorithm(contents),
                **_tuning(contents),
                "Job": job.name,
                "Image": plan.image_uri,
                **_instances(contents),
                "Started": formats.moment(job.started),
                "Took": formats.duration(job.ended - job.started),
                "Billable": formats.duration(timedelta(seconds=job.billable_seconds)),
                "Model": job.model_uri,
                "SHA-256 of the model": contents.evaluation.model_sha256 or "not read",
            },
        ),
        Facts("Cost", _costs(contents)),
        *_settings(contents),
        Facts("Hyperparameters", _hyperparameters(contents)),
        Facts(
            "Decision",
            {
                **_threshold(contents),
                **_outcomes(contents),
                **_bounds(contents),
                "Must beat the baseline": "yes" if params.must_beat_baseline else "no",
                **_comparison(contents),
            },
        ),
    ]


def _split_job(contents: "ReportContents") -> dict[str, str]:
    job = contents.split.job
    if job is None:
        return {}
    billed = formats.duration(timedelta(seconds=job.seconds))
    return {"Processing job": f"{job.name}, on {job.instance_type}, billable {billed}"}


def _algorithm(contents: "ReportContents") -> dict[str, str]:
    plan = contents.plan
    if contents.contest is None and plan.algorithm == XGBOOST:
        return {}
    return {"Algorithm": ALGORITHMS[plan.algorithm].title}


def _tuning(contents: "ReportContents") -> dict[str, str]:
    tuning = contents.tuning
    if tuning is None:
        return {}
    billed = formats.duration(timedelta(seconds=tuning.billable_seconds))
    return {"Tuning job": f"{tuning.job_name}, of {len(tuning.trials)} trials, billable {billed}"}


def _threshold(contents: "ReportContents") -> dict[str, str]:
    if contents.evaluation.kind != "binary":
        return {"Kind of label": contents.evaluation.kind}
    threshold = formats.threshold(contents.binary.threshold)
    return {"Threshold": f"{threshold}, by the rule {contents.plan.params.threshold_rule}"}


def _bounds(contents: "ReportContents") -> dict[str, str]:
    params, figures = contents.plan.params, contents.evaluation.FIGURES
    least = {"Minimum ROC AUC": f"{params.min_roc_auc:g}"} if contents.evaluation.kind == "binary" else {}
    return least | {
        f"{figures[name].title} {side.replace('_', ' ')}": f"{bound:g}"
        for name, bounds in params.gate.items()
        for side, bound in bounds.items()
        if name in figures
    }


def _outcomes(contents: "ReportContents") -> dict[str, str]:
    costs, words = contents.plan.outcome_values, contents.plan.words
    if costs is None:
        return {}
    if costs.action:
        cost, value = costs.action
        return {
            f"Cost of {words.an_action}": formats.money(cost),
            f"Value of {words.an_outcome}": formats.money(value),
        }
    return {
        f"Value of a {name.replace('_', ' ')}": formats.money(value)
        for name, value in costs.model_dump().items()
    }


def _interval(interval: "DataInterval | None") -> dict[str, str]:
    if interval is None:
        return {}
    return {"Data interval": f"{formats.moment(interval.start)} to {formats.moment(interval.end)}"}


def _instances(contents: "ReportContents") -> dict[str, str]:
    # The run whose model is used again may have trained on others.
    if contents.reused_from:
        return {}
    params = contents.plan.params
    return {"Instances": f"{params.training_instance_count} x {params.training_instance_type}"}


def _costs(contents: "ReportContents") -> dict[str, str]:
    plan, job = contents.plan, contents.training
    training = 0.0 if contents.reused_from else costs.training_cost(contents)
    split = costs.split_cost(contents)
    told = {} if split == 0 else {"Split": formats.about_usd(split)}
    told["Training"] = formats.about_usd(training)
    if contents.reused_from:
        told["Training"] = "nothing this time: the job was billed when it ran"
    elif job.spot_saving is not None:
        told["Spot saved"] = f"{formats.percent(job.spot_saving)} of the on-demand price"
    if plan.aws.keep_alive_seconds and not contents.reused_from:
        kept = formats.duration(timedelta(seconds=plan.aws.keep_alive_seconds))
        told["Warm pool"] = f"not counted: its instances are billed for up to {kept} more"
    choice = costs.choice_cost(contents) if contents.contest and not contents.reused_from else 0.0
    if contents.contest and not contents.reused_from:
        told["Endpoints of the contenders"] = formats.about_usd(choice)
    endpoint = next((one for one in contents.deployed if one.kind == "endpoint"), None)
    up = costs.time_up(endpoint, contents) if endpoint else None
    if up is not None:
        spent = costs.endpoint_cost(contents, up)
        told["Endpoint"] = formats.about_usd(spent)
        told["Together"] = formats.about_usd(sum_of(split, training, choice, spent))
    if plan.cost and plan.cost.at_most is not None and plan.cost.about is not None:
        told["Estimated before"] = (
            f"{formats.about_usd(plan.cost.about)}, at most {formats.usd(plan.cost.at_most)}"
        )
    return told | {"Prices": costs.price_list(plan.identity.region)}


def _settings(contents: "ReportContents") -> list[Facts]:
    """Tell what of the YAML file's section `aws` is set."""
    chosen = contents.plan.aws.model_dump(mode="json", exclude_defaults=True)
    told = {}
    for name, value in chosen.items():
        inner = value.items() if isinstance(value, dict) else [("", value)]
        for part, given in inner:
            shown = ", ".join(map(str, given)) if isinstance(given, list) else str(given)
            told[f"{name}.{part}".rstrip(".")] = {"True": "yes", "False": "no"}.get(shown, shown)
    return [Facts("AWS settings", told)] if told else []


def _comparison(contents: "ReportContents") -> dict[str, str]:
    if contents.evaluation.kind != "binary":
        return {}
    allowed, previous = contents.plan.params.max_roc_auc_drop, contents.evaluation.previous
    told = {"Largest drop of ROC AUC": "not asked" if allowed is None else f"{allowed:g}"}
    if previous is None:
        return told if allowed is None else told | {"Last accepted model": "none before this one"}
    told["Last accepted model"] = previous.run_id
    if previous.has_other_encoding:
        return told | {"Its ROC AUC": "not known: it takes rows whose text was encoded otherwise"}
    if previous.roc_auc is None:
        return told | {"Its ROC AUC": "not known: it was trained on other columns, or cannot be read"}
    own, rows = contents.binary.roc_auc, "the same test rows"
    if previous.unseen_rows is not None:
        told["Undecided passes"] = "yes" if contents.plan.params.undecided_passes else "no"
        counted = formats.rows(previous.unseen_rows, contents.few_rows_shown)
        rows = f"the {counted} test rows that neither was trained on"
        if previous.own_roc_auc is None:
            return told | {"Its ROC AUC": f"not compared: too few of {rows}"}
        own = previous.own_roc_auc
    return told | {
        "Its ROC AUC": f"{formats.decimal(previous.roc_auc)} on {rows}",
        "Change of ROC AUC": formats.difference(own - previous.roc_auc),
    }


def _columns(contents: "ReportContents") -> dict[str, str]:
    """Tell what of the table is no number, and what the model does not get; nothing of a table of numbers."""
    table, encoding = contents.plan.table, contents.split.encoding
    unseen = encoding.unseen_rows if encoding else {}
    told = {
        "Positive label": table.positive or "",
        "Left out, known only afterwards": ", ".join(table.leaks),
        "Left out, free text": ", ".join(table.texts),
        "Identifiers, beside the predictions": ", ".join(table.identifiers),
        "Made of categories and dates": ", ".join(encoding.features) if encoding else "",
        "SHA-256 of encoding.json": encoding.sha256 if encoding else "",
        "Values that no training row has": ", ".join(
            f"{name} in {rows or 'fewer than 10'} rows" for name, rows in unseen.items()
        ),
    }
    return {name: value for name, value in told.items() if value}


def _hyperparameters(contents: "ReportContents") -> dict[str, str]:
    """Tell those of the job: what the training rows have decided as what it was, too."""
    plan = contents.plan
    given = plan.params.hyperparameters | (contents.tuning.chosen if contents.tuning else {})
    planned = hyperparameters_of(given, plan.algorithm, plan.table.kind)
    return {
        name: f"{text}, as {planned[name]}" if name in given and text != planned[name] else text
        for name, text in decided(planned, contents.split).items()
    }


def _sides(contents: "ReportContents") -> dict[str, str]:
    table, sides = contents.plan.table, contents.split.sides
    if sides is None and table.split == "hash":  # an earlier version did not tell
        sides = Sides(by=table.split, column=table.key)
    return {"Sides": str(sides)} if sides else {}


def _rows(contents: "ReportContents", rows: int, positives: int | None) -> str:
    if positives is None:
        return formats.count(rows)
    told = formats.rows(positives, contents.few_rows_shown)
    return f"{formats.count(rows)}, of which {told} positive"
