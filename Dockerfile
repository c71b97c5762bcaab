# The two images of the cluster in docker-compose.yaml: of every Airflow service, and of local AWS, which what runs in
# production does without.
#
# From Python, not from Airflow's own image: the lock pins every package, Airflow among them. Laid over Airflow's
# image it would leave packages there that it does not name, in a mix that no test has seen, and carry the replaced
# ones along. All of the lock comes as wheels, so no compiler is missing.
FROM python:3.11-slim-bookworm AS base

# --no-deps: what is not in the lock is an error, not a download. --require-hashes: so is a file that is not the lock's.
# The tests of the large packages are a tenth of all that is installed.
RUN --mount=type=bind,source=requirements-production.txt,target=/tmp/requirements.txt \
    pip install --no-cache-dir --require-hashes --no-deps --root-user-action=ignore --requirement /tmp/requirements.txt \
    && find /usr/local/lib/python3.11/site-packages -regextype posix-extended \
        -regex '.*/(matplotlib|numpy|pandas|pyarrow|scipy|sklearn)/(.*/)?tests' -prune -exec rm -r {} +

# The user's id on the host, so that the folders mounted from there can be read.
ARG AIRFLOW_UID=50000
# Volumes take over the owner of the folder that they cover: logs must be the user's.
RUN useradd --no-log-init --create-home --uid "${AIRFLOW_UID}" --user-group airflow \
    && install --directory --owner=airflow --group=airflow /opt/airflow /opt/airflow/logs /opt/airflow/fonts /data

# The project root is on PYTHONPATH for `from include...`; dags/ and plugins/ lie where Airflow looks for them.
ENV AIRFLOW_HOME=/opt/airflow \
    MPLCONFIGDIR=/opt/airflow/fonts \
    PYTHONPATH=/opt/airflow \
    PYTHONUNBUFFERED=1
WORKDIR /opt/airflow

FROM base AS local-aws
# What it needs beside: moto, and what else runs on one machine.
RUN --mount=type=bind,source=requirements.txt,target=/tmp/requirements.txt \
    pip install --no-cache-dir --require-hashes --no-deps --root-user-action=ignore --requirement /tmp/requirements.txt
COPY --chown=airflow:airflow local_aws local_aws
# Data alone: what local AWS and the pipeline both have to know of SageMaker's images.
COPY --chown=airflow:airflow include/sagemaker_images include/sagemaker_images
RUN python -m compileall -q local_aws include
# By number: Kubernetes cannot tell of a name that it is not root's.
USER ${AIRFLOW_UID}

FROM base AS airflow
COPY --chown=airflow:airflow include include
COPY --chown=airflow:airflow plugins plugins
COPY --chown=airflow:airflow dags dags
# A root that is read-only keeps no bytecode: each task would compile all that it imports.
RUN python -m compileall -q dags include plugins
USER ${AIRFLOW_UID}
# Matplotlib's list of fonts, which each new container would make for its first report.
RUN python -c 'import matplotlib.font_manager'
