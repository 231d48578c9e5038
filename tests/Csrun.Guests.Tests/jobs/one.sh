#!/bin/bash
# one.sh JOB NAME: runs that test. It begins in a directory of its own, and its containers and their cgroups go at its end.
set -euo pipefail
job=$1 test=$2
work=/tmp/jobs/$job/$test
mkdir -p "$work"
. ./lib.sh
. "./$job.job.sh"
trap clean EXIT
"test_$test"
