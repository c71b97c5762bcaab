#!/bin/bash
# MWAA sources this before each part of Airflow starts.
# Matplotlib keeps its list of fonts where it can write.
export MPLCONFIGDIR=/tmp/matplotlib
if [ -f /usr/local/airflow/plugins/limits.yaml ]; then
    export PIPELINE_LIMITS_FILE=/usr/local/airflow/plugins/limits.yaml
fi
